import type { ServerResponse } from "node:http";
import type { Picture } from "./pictures/index.ts";

/** What is sent back. The pieces are sent one after the other, as one body. */
export type Answer = { status: number; headers: Record<string, string>; pieces: readonly (string | Buffer)[] };

/** Thrown by whoever reads a request, to end it with this answer. */
export class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, pieces: [JSON.stringify(value)] };
}

/** The header, where the provider was asked to send it. */
export const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { "retry-after": `${seconds}` };

export function file({ bytes, type }: Picture, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { "content-type": type, ...headers }, pieces: [bytes] };
}

/** Server-sent events; each piece is the text behind `data: `. */
export function events(data: readonly string[], end = "\n\n"): Answer {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    pieces: data.map((text) => `data: ${text}${end}`),
  };
}

/** The page of a proxy that knows nothing of the provider. */
export const garbage: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  pieces: ["<!doctype html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"],
};

/** How slowly `slowDrip` sends. */
export type Drip = { bytes: number; everyMs: number };

export type Manner =
  | { kind: "whole" }
  | { kind: "endless" }
  | { kind: "cut" }
  | { kind: "drip"; drip: Drip; sleep(ms: number): Promise<void> };

/** Sends the answer, in the manner that was ordered. Resolves when all is sent or the other side is gone. */
export async function send(outgoing: ServerResponse, { status, headers, pieces }: Answer, manner: Manner): Promise<void> {
  const whole = pieces.length <= 1 ? Buffer.from(pieces[0] ?? "") : undefined;
  const length = whole !== undefined && manner.kind !== "endless" ? { "content-length": `${whole.length}` } : {};
  outgoing.writeHead(status, { ...headers, ...length });
  if (manner.kind === "whole") {
    for (const piece of pieces) outgoing.write(piece);
    outgoing.end();
    return;
  }
  const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  if (manner.kind === "drip") {
    for (let at = 0; at < body.length && !outgoing.destroyed; at += manner.drip.bytes) {
      outgoing.write(body.subarray(at, at + manner.drip.bytes));
      await manner.sleep(manner.drip.everyMs);
    }
    outgoing.end();
    return;
  }
  const half = body.subarray(0, Math.ceil(body.length / 2));
  if (manner.kind === "cut") {
    // What was written has to be on its way before the socket goes.
    await new Promise<void>((resolve) => outgoing.write(half, () => resolve()));
    outgoing.destroy();
    return;
  }
  outgoing.write(half);
  const filler = Buffer.alloc(64 * 1024, " ");
  // A reader that does not take what is sent holds this up: nothing piles up here.
  while (!outgoing.destroyed) {
    if (outgoing.write(filler)) await new Promise((resolve) => setImmediate(resolve));
    else await drained(outgoing);
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.on("drain", done);
    outgoing.on("close", done);
  });
}
