import { lookup } from "node:dns/promises";
import { type IncomingMessage, request as send, validateHeaderName, validateHeaderValue } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as secure } from "node:tls";
import { bodyOf } from "./body.ts";
import { OutsideError } from "./outside-error.ts";
import { type Resolve, type Target, targetOf } from "./target.ts";

export type OutsideRequest = {
  method?: string;
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
};

export type OutsideLimits = {
  /** Milliseconds for the whole exchange: names, connecting, redirects and the body. */
  deadlineMs: number;
  maxBytes: number;
  /** Origins that configuration has set: they may be private, such as `http://127.0.0.1:8188`. */
  allow?: readonly string[];
  /** How many redirects of a GET are followed. By default none: the answer is then the redirect itself. */
  redirects?: number;
};

/** Header names are in lower case. */
export type OutsideAnswer = { status: number; headers: Readonly<Record<string, string>>; body: Buffer; url: string };

/**
 * The one client for whatever is not ours. It never repeats a call: who called knows whether that is safe.
 *
 * @throws OutsideError where no whole answer came; any status is an answer
 */
export type Outside = {
  call(request: OutsideRequest, limits: OutsideLimits): Promise<OutsideAnswer>;
  /** The head of an answer, and its body as it comes. The deadline and the limit of bytes are those of all of it; whoever stops reading hangs up. */
  stream(request: OutsideRequest, limits: OutsideLimits): Promise<OutsideStream>;
};

/** `chunks` throws OutsideError where the body breaks off. It has to be read: it holds the line until its end, or the deadline. */
export type OutsideStream = Omit<OutsideAnswer, "body"> & { chunks: AsyncIterable<Buffer> };

export type OutsideMeans = {
  resolve?: Resolve;
  /** Opens a connection to an address that was looked at. Nothing else here opens any. */
  dial?: (address: string, port: number) => Socket;
  /** Certificates to trust instead of the platform's, PEM. */
  ca?: string;
};

const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);
const systemDial = (host: string, port: number): Socket => connect({ host, port });

/** What is known of a call under way. */
type Course = { sent: boolean; line: Duplex | undefined; over: boolean };

export function makeOutside({ resolve = systemResolve, dial = systemDial, ca }: OutsideMeans = {}): Outside {
  /** A connection to one of the addresses. A name is not looked up again: what was checked is what is connected to. */
  async function lineTo({ url, host, port, addresses }: Target, course: Course): Promise<Duplex> {
    for (const address of addresses) {
      if (course.over) break;
      const socket = dial(address, port);
      const servername = isIP(host) ? {} : { servername: host };
      const line = url.protocol === "https:" ? secure({ socket, host, ...servername, ...(ca && { ca }) }) : socket;
      course.line = line;
      if (await opened(line, url.protocol === "https:" ? "secureConnect" : "connect", socket)) return line;
    }
    throw new OutsideError("unreachable", `${url.origin} cannot be reached.`, false);
  }

  async function exchange(request: OutsideRequest, limits: OutsideLimits, course: Course): Promise<OutsideAnswer> {
    const { incoming, url } = await reached(request, limits, course);
    return { ...headOf(incoming, url), body: await bodyOf(incoming, limits.maxBytes, url.origin) };
  }

  /** The beginning of an answer, after redirects that may be followed. */
  async function reached(request: OutsideRequest, limits: OutsideLimits, course: Course): Promise<{ incoming: IncomingMessage; url: URL }> {
    const { method = "GET", body } = request;
    let headers = request.headers ?? {};
    for (const [header, value] of Object.entries(headers)) {
      validateHeaderName(header);
      validateHeaderValue(header, value);
    }
    let left = method === "GET" || method === "HEAD" ? (limits.redirects ?? 0) : 0;
    const allowed = (limits.allow ?? []).map((address) => URL.parse(address)?.origin);
    let target = await targetOf(request.url, (origin) => allowed.includes(origin), resolve);
    for (;;) {
      const { url } = target;
      const incoming = await answerTo({ url, method, headers, body }, await lineTo(target, course), course);
      const status = incoming.statusCode ?? 0;
      const next = left > 0 && [301, 302, 303, 307, 308].includes(status) ? incoming.headers.location : undefined;
      if (next === undefined) return { incoming, url };
      incoming.destroy();
      left -= 1;
      target = await hop(url, next, allowed);
      if (target.url.origin !== url.origin) headers = withoutSecrets(headers);
    }
  }

  /** A trusted origin may lead to itself; whoever else leads to a private address, configured or not, is not followed. */
  async function hop(from: URL, location: string, allowed: readonly (string | undefined)[]): Promise<Target> {
    const url = URL.parse(location, from.href);
    if (!url) throw new OutsideError("refused-redirect", `${from.origin} redirects to what is no URL.`, true);
    if (from.protocol === "https:" && url.protocol !== "https:")
      throw new OutsideError("refused-redirect", `${from.origin} redirects away from https.`, true);
    return targetOf(url, (origin) => origin === from.origin && allowed.includes(origin), resolve);
  }

  return {
    async call(request, limits) {
      const course: Course = { sent: false, line: undefined, over: false };
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new OutsideError("timeout", `No whole answer came within ${limits.deadlineMs} ms.`, course.sent));
        }, limits.deadlineMs);
      });
      try {
        return await Promise.race([exchange(request, limits, course), late]);
      } catch (error) {
        throw plainError(error, course);
      } finally {
        clearTimeout(timer);
        course.over = true;
        course.line?.destroy();
      }
    },

    async stream(request, limits) {
      const course: Course = { sent: false, line: undefined, over: false };
      const late = Promise.withResolvers<never>();
      let lateness: OutsideError | undefined;
      const end = () => {
        clearTimeout(timer);
        course.over = true;
        course.line?.destroy();
      };
      const timer = setTimeout(() => {
        lateness = new OutsideError("timeout", `No whole answer came within ${limits.deadlineMs} ms.`, course.sent);
        late.reject(lateness);
        end();
      }, limits.deadlineMs);
      const wrong = (error: unknown) => lateness ?? plainError(error, course);
      try {
        const { incoming, url } = await Promise.race([reached(request, limits, course), late.promise]);
        return { ...headOf(incoming, url), chunks: chunksOf(incoming, limits.maxBytes, { end, wrong }) };
      } catch (error) {
        end();
        throw wrong(error);
      }
    },
  };
}

const headOf = (incoming: IncomingMessage, url: URL) => ({ status: incoming.statusCode ?? 0, headers: plain(incoming), url: url.href });

type Ending = { end(): void; wrong(error: unknown): OutsideError };

async function* chunksOf(incoming: IncomingMessage, maxBytes: number, { end, wrong }: Ending): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new OutsideError("too-large", `The answer is longer than ${maxBytes} bytes.`, true);
      yield chunk;
    }
  } catch (error) {
    throw wrong(error);
  } finally {
    end();
  }
}

/** Whether the connection came about. */
function opened(line: Duplex, event: "connect" | "secureConnect", socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const fail = () => {
      line.destroy();
      socket.destroy();
      resolve(false);
    };
    // The listeners stay: an error of a connection that nobody waits for any more must not end the process.
    line.on("error", fail);
    line.on("close", fail);
    if (line !== socket) socket.on("error", fail);
    line.once(event, () => resolve(true));
  });
}

type Sending = { url: URL; method: string; headers: Readonly<Record<string, string>>; body: string | Buffer | undefined };

/** Sends the request and resolves with the head of the answer. */
function answerTo({ url, method, headers, body }: Sending, line: Duplex, course: Course): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined ? (method === "POST" ? { "content-length": "0" } : {}) : { "content-length": `${Buffer.byteLength(body)}` };
    const outgoing = send({
      method,
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: {
        accept: "*/*",
        "user-agent": "atelier",
        ...headers,
        ...length,
        host: url.host,
        "accept-encoding": "identity",
        connection: "close",
      },
      createConnection: () => line,
    });
    // From here on some of it may have arrived.
    course.sent = true;
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function plain({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

const secretHeaders = ["authorization", "cookie", "proxy-authorization", "x-api-key", "x-goog-api-key", "mj-api-secret"];

/** Keys are for the origin that they were given for. */
function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeaders.includes(name.toLowerCase())));
}

/** Whatever went wrong, in words that hold no path, header or body. */
function plainError(error: unknown, { sent }: Course): OutsideError {
  if (error instanceof OutsideError) return error.sent === sent ? error : new OutsideError(error.kind, error.message, sent);
  const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? "") : "";
  if (code === "ERR_INVALID_CHAR" || code === "ERR_UNESCAPED_CHARACTERS" || code === "ERR_INVALID_HTTP_TOKEN")
    return new OutsideError("bad-request", "A header, often the key, holds a character that cannot be sent.", false);
  if (code.startsWith("HPE_")) return new OutsideError("unreadable", "What came back is not HTTP.", sent);
  return new OutsideError(
    "connection-lost",
    sent ? "The connection was lost before a whole answer came." : "The connection was lost.",
    sent,
  );
}
