import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { OutsideError } from "./outside-error.ts";

/** Reads an answer's body, at most `maxBytes` as it comes and as it is unpacked. @throws OutsideError */
export async function bodyOf(incoming: IncomingMessage, maxBytes: number, origin: string): Promise<Buffer> {
  const tooLarge = () => new OutsideError("too-large", `The answer of ${origin} is longer than ${maxBytes} bytes.`, true);
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return unpacked(Buffer.concat(chunks), incoming.headers["content-encoding"], { maxBytes, tooLarge, origin });
}

const unpackers = { gzip: promisify(gunzip), "x-gzip": promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };
const isPacking = (word: string): word is keyof typeof unpackers => Object.hasOwn(unpackers, word);

type Bounds = { maxBytes: number; tooLarge: () => OutsideError; origin: string };

/** Packed answers are not asked for, but some servers send them. One layer is undone, never beyond the limit: a bomb ends at it. */
async function unpacked(body: Buffer, encoding = "identity", { maxBytes, tooLarge, origin }: Bounds): Promise<Buffer> {
  const packing = encoding.trim().toLowerCase();
  if (packing === "identity" || packing === "" || body.length === 0) return body;
  if (!isPacking(packing)) throw new OutsideError("unreadable", `The answer of ${origin} is packed as ${packing.slice(0, 40)}.`, true);
  try {
    return await unpackers[packing](body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new OutsideError("unreadable", `The answer of ${origin} cannot be unpacked.`, true);
  }
}
