import type { Color, Drawing } from "./drawing.ts";

/** Huffman codes of the categories of a DC difference, as (bits, length): the standard's own table (ITU-T T.81, table K.3). */
const categoryCodes: readonly (readonly [code: number, length: number])[] = [
  [0b00, 2],
  [0b010, 3],
  [0b011, 3],
  [0b100, 3],
  [0b101, 3],
  [0b110, 3],
  [0b1110, 4],
  [0b11110, 5],
  [0b111110, 6],
];

/** A baseline JPEG in which every block of 8 by 8 pixels has one colour, so that only its DC coefficient is written. */
export function jpeg({ width, height, palette, at }: Drawing): Buffer {
  const planes = palette.map(yCbCr);
  const bits = bitWriter();
  const last = [0, 0, 0];
  for (let y = 0; y < height; y += 8)
    for (let x = 0; x < width; x += 8) {
      const color = planes[at(Math.min(x + 4, width - 1), Math.min(y + 4, height - 1))] ?? [0, 0, 0];
      for (const component of [0, 1, 2]) {
        const difference = (color[component] ?? 0) - (last[component] ?? 0);
        last[component] = color[component] ?? 0;
        writeDifference(bits, difference);
        // The one AC code of our table: end of block.
        bits.put(0, 1);
      }
    }
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    // The DC step of 8 makes a coefficient the mean of its block.
    segment(0xdb, [0, ...Array<number>(64).fill(8)]),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    segment(0xc4, [0x00, 0, 1, 5, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
    segment(0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    bits.end(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Of each 0–255, less 128. */
function yCbCr([red, green, blue]: Color): [number, number, number] {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue;
  const within = (value: number) => Math.max(-128, Math.min(127, Math.round(value)));
  return [within(y - 128), within(0.564 * (blue - y)), within(0.713 * (red - y))];
}

function writeDifference(bits: ReturnType<typeof bitWriter>, difference: number): void {
  const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
  const [code, length] = categoryCodes[category] ?? [0, 2];
  bits.put(code, length);
  if (category > 0) bits.put(difference > 0 ? difference : difference + (1 << category) - 1, category);
}

function bitWriter() {
  const bytes: number[] = [];
  let pending = 0;
  let count = 0;
  function put(value: number, length: number): void {
    pending = (pending << length) | value;
    count += length;
    while (count >= 8) {
      count -= 8;
      const byte = (pending >> count) & 255;
      // A byte of ones would look like a marker: a zero is stuffed behind it.
      bytes.push(byte, ...(byte === 255 ? [0] : []));
    }
    pending &= (1 << count) - 1;
  }
  return {
    put,
    end(): Buffer {
      if (count > 0) put((1 << (8 - count)) - 1, 8 - count);
      return Buffer.from(bytes);
    },
  };
}

function segment(marker: number, data: readonly number[]): Buffer {
  const length = data.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...data]);
}
