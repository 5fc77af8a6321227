import type { Drawing } from "./drawing.ts";

/**
 * A lossless WebP of one colour, the drawing's second. Each of its five prefix codes has a single symbol, so a pixel takes no bit at all
 * (WebP lossless bitstream, 6.2): a picture of any size is about forty bytes.
 */
export function webp({ width, height, palette }: Drawing): Buffer {
  const [red, green, blue] = palette[1];
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = 0; bit < length; bit += 1) bits.push((value >> bit) & 1);
  };
  put(0x2f, 8);
  put(width - 1, 14);
  put(height - 1, 14);
  // No alpha, version 0; no transform, no colour cache, one set of prefix codes.
  put(0, 1 + 3 + 1 + 1 + 1);
  for (const symbol of [green, red, blue, 255]) {
    put(0b101, 3);
    put(symbol, 8);
  }
  // Distances, of which there are none: one symbol, written in one bit.
  put(0b0001, 4);
  const data = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (at & 7));
  const padding = Buffer.alloc(data.length & 1);
  const head = Buffer.alloc(20);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(12 + data.length + padding.length, 4);
  head.write("WEBPVP8L", 8, "latin1");
  head.writeUInt32LE(data.length, 16);
  return Buffer.concat([head, data, padding]);
}
