import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came over the wire: nothing decoded, so that signatures can be checked over the very bytes. */
export type WireRequest = {
  method: string;
  /** Path as sent, percent-encoding kept, without the query. */
  path: string;
  /** Query as sent, without `?`; empty if there is none. */
  query: string;
  /** Lower-case names; repeated headers joined by ", " as Node does. */
  headers: Record<string, string>;
  body: Buffer;
};

export type WireResponse = { status: number; headers?: Record<string, string>; body?: string | Buffer };

export type WireHandler = (request: WireRequest) => Promise<WireResponse>;

export class BodyTooLarge extends Error {}

/** Whoever asked broke off in the middle of asking: nobody is left to answer, and nothing is wrong here. */
export const brokeOff = (incoming: IncomingMessage, error: unknown): boolean =>
  !incoming.complete && (error as { code?: string }).code === "ECONNRESET";

/** Reads a request whole; throws {@link BodyTooLarge} past `maxBytes`. */
export async function readRequest(incoming: IncomingMessage, maxBytes: number): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLarge(`The body is over ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  const target = incoming.url ?? "/";
  const mark = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: incoming.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers,
    body: Buffer.concat(chunks),
  };
}

export function writeResponse(outgoing: ServerResponse, response: WireResponse): void {
  const body = response.body === undefined ? undefined : Buffer.from(response.body);
  const headers = { ...response.headers };
  if (body && !("content-length" in headers)) headers["content-length"] = String(body.length);
  outgoing.writeHead(response.status, headers);
  outgoing.end(body);
}

export type Listening = { url: string; port: number; close(): Promise<void> };

/** Serves one handler on a loopback port (0 = any free one). A handler that throws answers 500, as AWS does. */
export async function serve(handler: WireHandler, { port = 0, maxBytes = 64 * 1024 * 1024 } = {}): Promise<Listening> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      writeResponse(outgoing, await handler(await readRequest(incoming, maxBytes)));
    } catch (error) {
      if (brokeOff(incoming, error)) return;
      const status = error instanceof BodyTooLarge ? 413 : 500;
      if (status === 500) console.error(error);
      if (!outgoing.headersSent) writeResponse(outgoing, { status, body: "" });
      else outgoing.destroy();
    }
  });
  return listen(server, port);
}

export async function listen(server: Server, port: number): Promise<Listening> {
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
