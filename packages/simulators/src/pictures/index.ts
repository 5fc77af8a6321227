import type { Drawing } from "./drawing.ts";
import { jpeg } from "./jpeg.ts";
import { png } from "./png.ts";
import { webp } from "./webp.ts";

export { blurred, type Drawing, drawing, gridOfFour } from "./drawing.ts";
export { type Measure, measure } from "./measure.ts";
export { bytesOf, namesOf, type Seen, seenIn } from "./seen.ts";

export type PictureFormat = "png" | "jpeg" | "webp";

/** A picture file as it is sent. */
export type Picture = { bytes: Buffer; type: string };

const encoders = { png, jpeg, webp };

/** The drawing as a real file of the format. A WebP keeps one of its colours alone. */
export function encode(drawn: Drawing, format: PictureFormat = "png"): Picture {
  return { bytes: encoders[format](drawn), type: `image/${format}` };
}

/**
 * Width and height of a ratio such as `16:9` at about so many pixels, each side a multiple of `step`.
 * Providers publish megapixels rather than tables of sizes, so the exact sides are a guess (contracts.md §1.2).
 */
export function sidesOf(ratio: string, pixels: number, step = 64): { width: number; height: number } {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  const height = Math.sqrt((pixels * down) / across);
  const rounded = (side: number) => Math.max(step, Math.round(side / step) * step);
  return { width: rounded((height * across) / down), height: rounded(height) };
}
