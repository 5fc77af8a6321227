import { crc32, deflateSync } from "node:zlib";
import type { Drawing } from "./drawing.ts";

/** A PNG of two bits a pixel with a palette: real pixels of the full size, in few bytes. */
export function png({ width, height, palette, at, cutOut }: Drawing): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([2, 3, 0, 0, 0], 8);
  const rowBytes = 1 + Math.ceil(width / 4);
  const pixels = Buffer.alloc(rowBytes * height);
  let before = "";
  for (let y = 0; y < height; y += 1) {
    // A row of tiles is many equal rows of pixels: only its first is drawn pixel by pixel.
    const start = y * rowBytes;
    const signature = Array.from({ length: 32 }, (_, part) => at(Math.floor((part * width) / 32), y)).join("");
    if (signature === before) pixels.copy(pixels, start, start - rowBytes, start);
    else for (let x = 0; x < width; x += 1) setTwoBits(pixels, start + 1 + (x >> 2), x & 3, at(x, y));
    before = signature;
  }
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flat())),
    ...(cutOut ? [chunk("tRNS", Buffer.from([0]))] : []),
    chunk("IDAT", deflateSync(pixels, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function setTwoBits(pixels: Buffer, byte: number, place: number, value: number): void {
  pixels[byte] = (pixels[byte] ?? 0) | (value << (6 - place * 2));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
