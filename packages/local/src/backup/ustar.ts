import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * The smallest part of the tar format that any `tar` reads: ordinary files under short names, each a header of 512 bytes and its bytes filled up to a
 * multiple of that, two empty blocks at the end. @see POSIX.1-2024, pax, “ustar Interchange Format”
 */

const block = 512;
const nameBytes = 100;
/** Eleven octal digits. */
const sizeMax = 8 ** 11 - 1;

/** A file to be put into an archive under `name`, with `/` between folders. */
export type Source = { name: string; path: string };

export class ArchiveError extends Error {}

/** The bytes of an archive. Throws {@link ArchiveError} for what the format cannot hold. */
export async function* pack(sources: AsyncIterable<Source> | Iterable<Source>): AsyncGenerator<Buffer> {
  for await (const { name, path } of sources) {
    const { size } = await stat(path);
    yield header(name, size);
    let sent = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== size) throw new ArchiveError(`${path} changed while it was read.`);
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(2 * block);
}

/** An entry of an archive. `bytes` must be read to its end before the next entry is asked for. */
export type Entry = { name: string; size: number; bytes: AsyncIterable<Buffer> };

/** The entries of an archive. Throws {@link ArchiveError} for anything but ordinary files, for a broken header and for an end that comes too early. */
export async function* unpack(archive: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
  const take = reader(archive);
  for (;;) {
    const head = await whole(take, block);
    if (head.every((byte) => byte === 0)) return;
    const { name, size } = readHeader(head);
    yield { name, size, bytes: take(size) };
    await whole(take, padding(size));
  }
}

const padding = (size: number): number => (block - (size % block)) % block;

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > nameBytes) throw new ArchiveError(`The name ${name} is too long for an archive.`);
  if (size > sizeMax) throw new ArchiveError(`${name} is over 8 GiB, too large for an archive.`);
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) => head.write(`${value.toString(8).padStart(digits, "0")}\0`, at);
  head.write(name, 0);
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(Math.floor(Date.now() / 1000), 136, 11);
  head.write("0", 156);
  head.write("ustar\u000000", 257);
  head.write(`${sumOf(head).toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

function readHeader(head: Buffer): { name: string; size: number } {
  const text = (from: number, length: number) => head.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  const number = (from: number, length: number) => Number.parseInt(text(from, length).trim(), 8);
  if (number(148, 8) !== sumOf(head) || text(257, 5) !== "ustar") throw new ArchiveError("It is not an archive, or it is damaged.");
  const type = text(156, 1);
  const name = text(345, 155) === "" ? text(0, nameBytes) : `${text(345, 155)}/${text(0, nameBytes)}`;
  if (type !== "0" && type !== "") throw new ArchiveError(`${name} is not an ordinary file.`);
  return { name, size: number(124, 12) };
}

/** The sum of a header's bytes, its own field counted as blanks. */
function sumOf(head: Buffer): number {
  return head.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

type Take = (bytes: number) => AsyncGenerator<Buffer>;

/** Hands out the next so many bytes of a stream. */
function reader(stream: AsyncIterable<Buffer>): Take {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return async function* take(bytes) {
    for (let left = bytes; left > 0; ) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) throw new ArchiveError("It ends too early.");
        rest = next.value;
      }
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  };
}

async function whole(take: Take, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of take(bytes)) parts.push(part);
  return Buffer.concat(parts);
}
