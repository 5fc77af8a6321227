import type { Likeness, Quality } from "../library/index.ts";
import type { Pixels } from "./pixels.ts";

/** Side of the picture that likeness is computed on, and of the frequencies that are kept. */
const side = 32;
const kept = 8;

/** Rec. 601 luma of one pixel, 0–255; what is transparent counts as white, as it is mostly shown. */
function lumaAt({ data, channels }: Pixels, pixel: number): number {
  const at = pixel * channels;
  const first = data[at] ?? 0;
  const luma = channels < 3 ? first : 0.299 * first + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  if (channels === 1 || channels === 3) return luma;
  const opacity = (data[at + channels - 1] ?? 255) / 255;
  return luma * opacity + 255 * (1 - opacity);
}

/** Each cell of a square grid over a picture as the mean of what lies in it. */
function grid(pixels: Pixels): Float64Array {
  const { width, height } = pixels;
  const cells = new Float64Array(side * side);
  const counts = new Uint32Array(side * side);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const cell = Math.floor((y * side) / height) * side + Math.floor((x * side) / width);
      cells[cell] = (cells[cell] ?? 0) + lumaAt(pixels, y * width + x);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  // A picture narrower than the grid leaves gaps: each takes its neighbour's.
  for (let cell = 0; cell < cells.length; cell += 1) {
    const count = counts[cell] ?? 0;
    cells[cell] = count > 0 ? (cells[cell] ?? 0) / count : (cells[cell - 1] ?? cells[cell - side] ?? 0);
  }
  return cells;
}

/** `cosines[k][n]` of a discrete cosine transform (type II) of `side` points. */
const cosines = Array.from({ length: kept + 1 }, (_, k) =>
  Array.from({ length: side }, (_, n) => Math.cos((Math.PI * k * (2 * n + 1)) / (2 * side))),
);

/**
 * The perceptual hash of a small picture, 64 bits in hex: which of the lowest 8 × 8 frequencies lie above their median. Scaling, re-encoding and light change few of
 * them. @see https://www.phash.org, “DCT based hash”
 */
export function likenessOf(small: Pixels): Likeness {
  const cells = grid(small);
  const frequencies: number[] = [];
  // The first row and column tell the mean light and slow ramps: they are left out, as pHash does.
  for (let v = 1; v <= kept; v += 1)
    for (let u = 1; u <= kept; u += 1) {
      let sum = 0;
      for (let y = 0; y < side; y += 1) {
        const row = cosines[v]?.[y] ?? 0;
        for (let x = 0; x < side; x += 1) sum += (cells[y * side + x] ?? 0) * row * (cosines[u]?.[x] ?? 0);
      }
      frequencies.push(sum);
    }
  const sorted = frequencies.toSorted((a, b) => a - b);
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  let bits = 0n;
  for (const frequency of frequencies) bits = (bits << 1n) | (frequency > median ? 1n : 0n);
  return bits.toString(16).padStart(16, "0");
}

/** Tiles of the full picture that sharpness is looked for in: so many each way, of so many pixels. */
const tiles = 8;
const tileSide = 32;

const unit = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

/**
 * How good a picture is to look at, as far as arithmetic can tell; every part from 0 to 1. `sharpness`: the variance of the Laplacian in the sharpest quarter of tiles,
 * since a soft background is no fault. `exposure`: how little is burnt out or lost in black, and how near the middle the light is. `contrast`: the spread of the
 * light. `resolution`: pixels, of two million.
 */
export function qualityOf(full: Pixels, small: Pixels): Quality {
  const variances: number[] = [];
  const [stepX, stepY] = [full.width / tiles, full.height / tiles];
  for (let ty = 0; ty < tiles; ty += 1)
    for (let tx = 0; tx < tiles; tx += 1) {
      const variance = laplacianVariance(
        full,
        Math.floor(tx * stepX),
        Math.floor(ty * stepY),
        Math.min(tileSide, Math.floor(stepX)),
        Math.min(tileSide, Math.floor(stepY)),
      );
      if (variance !== undefined) variances.push(variance);
    }
  const sharpest = variances.toSorted((a, b) => b - a).slice(0, Math.max(1, Math.ceil(variances.length / 4)));
  const variance = sharpest.reduce((sum, one) => sum + one, 0) / Math.max(1, sharpest.length);
  // From 10, which is blurred, to 1,000, which is crisp, in steps as the eye takes them.
  const sharpness = unit(Math.log10(Math.max(variance, 1) / 10) / 2);

  const count = small.width * small.height;
  let [sum, squares, clipped] = [0, 0, 0];
  for (let pixel = 0; pixel < count; pixel += 1) {
    const luma = lumaAt(small, pixel);
    sum += luma;
    squares += luma * luma;
    if (luma <= 3 || luma >= 252) clipped += 1;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  const exposure = unit((1 - clipped / count) * (1 - (Math.abs(mean - 122) / 133) ** 2));
  const contrast = unit(deviation / 64);
  const resolution = unit((full.width * full.height) / 2_000_000);
  return { score: unit(0.4 * sharpness + 0.25 * exposure + 0.2 * contrast + 0.15 * resolution), sharpness, exposure, contrast, resolution };
}

function laplacianVariance(pixels: Pixels, left: number, top: number, width: number, height: number): number | undefined {
  if (width < 3 || height < 3) return undefined;
  const luma = new Float64Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) luma[y * width + x] = lumaAt(pixels, (top + y) * pixels.width + left + x);
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const edge = 4 * (luma[at] ?? 0) - (luma[at - 1] ?? 0) - (luma[at + 1] ?? 0) - (luma[at - width] ?? 0) - (luma[at + width] ?? 0);
      sum += edge;
      squares += edge * edge;
      count += 1;
    }
  return squares / count - (sum / count) ** 2;
}
