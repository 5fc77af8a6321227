import type { Rgb } from "./color.ts";
import type { Blending, Paint } from "./paint.ts";
import { radialGradient } from "./paint.ts";
import type { Path } from "./path.ts";
import { circle, rectangle } from "./path.ts";
import { scramble } from "./random.ts";

const grainSide = 256;

let grainOnce: Float32Array | undefined;

/** White noise in [0, 1), a tile of 256 × 256; the same for all pictures. */
function grainTile(): Float32Array {
  if (grainOnce !== undefined) return grainOnce;
  const tile = new Float32Array(grainSide * grainSide);
  for (let index = 0; index < tile.length; index += 1) tile[index] = scramble(index * 2654435761 + 77) / 4294967296;
  grainOnce = tile;
  return tile;
}

/**
 * A picture being drawn. Its short side is one unit long, whatever its size in pixels, so that a composition draws the same
 * picture at every size. Pixels are encoded sRGB in [0, 1], three to each, row by row.
 */
export class Canvas {
  readonly columns: number;
  readonly rows: number;
  /** Width and height in units; the smaller is 1. */
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
  readonly grain = grainTile();
  /** Pixels to a unit. */
  readonly scale: number;
  /** Signed area by which each pixel's coverage differs from its left neighbour's; all zero between fills. */
  readonly #change: Float32Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Rows that the path in hand touches. */
  #top: number;
  #bottom = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.scale = Math.min(columns, rows);
    this.width = columns / this.scale;
    this.height = rows / this.scale;
    this.pixels = new Float32Array(columns * rows * 3);
    this.#change = new Float32Array((columns + 2) * rows);
    this.#first = new Int32Array(rows).fill(columns + 2);
    this.#last = new Int32Array(rows).fill(-1);
    this.#top = rows;
  }

  fillAll(paint: Paint): void {
    this.fill(rectangle(-0.1, -0.1, this.width + 0.2, this.height + 0.2), paint);
  }

  /** Light around a point that fades to nothing at the radius. */
  glow(x: number, y: number, radius: number, color: Rgb, opacity: number, blending: Blending = "screen"): void {
    const fade = [1, 0.62, 0.34, 0.15, 0.04, 0].map((share) => ({ color, opacity: share * opacity }));
    this.fill(circle(x, y, radius), radialGradient(fade, [x, y], radius, { blending }));
  }

  /** Fills a path, each edge pixel by the exact share of it that is covered. */
  fill(path: Path, paint: Paint): void {
    const { points, starts } = path;
    const scale = this.scale;
    for (let contour = 0; contour < starts.length; contour += 1) {
      const begin = starts[contour] as number;
      const end = starts[contour + 1] ?? points.length;
      let x = (points[end - 2] as number) * scale;
      let y = (points[end - 1] as number) * scale;
      for (let index = begin; index < end; index += 2) {
        const nextX = (points[index] as number) * scale;
        const nextY = (points[index + 1] as number) * scale;
        this.#edge(x, y, nextX, nextY);
        x = nextX;
        y = nextY;
      }
    }
    this.#sweep(paint);
    this.#top = this.rows;
    this.#bottom = 0;
  }

  /** Adds an edge to the change of coverage, row by row: the accumulation of Levien's font-rs. */
  #edge(fromX: number, fromY: number, toX: number, toY: number): void {
    if (fromY === toY) return;
    const down = fromY < toY;
    const sign = down ? 1 : -1;
    const top = down ? fromY : toY;
    const bottom = down ? toY : fromY;
    const slope = (toX - fromX) / (toY - fromY);
    if (bottom <= 0 || top >= this.rows) return;
    let x = down ? fromX : toX;
    if (top < 0) x -= top * slope;
    const lastRow = Math.min(this.rows, Math.ceil(bottom));
    const firstRow = Math.max(0, Math.floor(top));
    if (firstRow < this.#top) this.#top = firstRow;
    if (lastRow > this.#bottom) this.#bottom = lastRow;
    for (let row = firstRow; row < lastRow; row += 1) {
      const height = Math.min(row + 1, bottom) - Math.max(row, top);
      const next = x + slope * height;
      this.#span(row, Math.min(x, next), Math.max(x, next), height * sign);
      x = next;
    }
  }

  /** One edge within one row, between `left` and `right`; `area` is its signed height. */
  #span(row: number, left: number, right: number, area: number): void {
    const change = this.#change;
    const x0 = left < 0 ? 0 : Math.min(left, this.columns);
    const x1 = right < 0 ? 0 : Math.min(right, this.columns);
    const first = Math.floor(x0);
    const end = Math.ceil(x1);
    const base = row * (this.columns + 2) + first;
    if (first < (this.#first[row] as number)) this.#first[row] = first;
    if (Math.max(end, first + 1) > (this.#last[row] as number)) this.#last[row] = Math.max(end, first + 1);
    if (end <= first + 1) {
      const beyond = 0.5 * (x0 + x1) - first;
      change[base] = (change[base] as number) + area * (1 - beyond);
      change[base + 1] = (change[base + 1] as number) + area * beyond;
      return;
    }
    const steep = 1 / (x1 - x0);
    let covered = 0;
    for (let column = first; column < end; column += 1) {
      const from = Math.max(column, x0);
      const to = Math.min(column + 1, x1);
      const share = (to - from) * steep;
      // Of this pixel the edge covers what lies right of it; of all pixels after it, the whole.
      const own = share * (column + 1 - 0.5 * (from + to));
      const index = base + column - first;
      change[index] = (change[index] as number) + area * (own + covered);
      covered = share - own;
    }
    const after = base + end - first;
    change[after] = (change[after] as number) + area * covered;
  }

  #sweep(paint: Paint): void {
    const stride = this.columns + 2;
    for (let row = this.#top; row < this.#bottom; row += 1) {
      const last = this.#last[row] as number;
      if (last < 0) continue;
      const first = this.#first[row] as number;
      this.#paintRow(row, first, Math.min(last, this.columns - 1), paint);
      this.#change.fill(0, row * stride + first, row * stride + last + 1);
      this.#first[row] = stride;
      this.#last[row] = -1;
    }
  }

  #paintRow(row: number, first: number, last: number, paint: Paint): void {
    const { ramp, grain } = paint;
    const { pixels, grain: tile } = this;
    const change = this.#change;
    const offset = row * (this.columns + 2);
    const [dx, dy] = paint.direction;
    const unit = 1 / this.scale;
    const y = (row + 0.5) * unit - paint.origin[1];
    const shift = 0.5 * unit - paint.origin[0];
    const solid = paint.shape === "solid";
    const radial = paint.shape === "radial";
    const over = paint.blending === "over";
    const multiply = paint.blending === "multiply";
    const entries = ramp.length / 4 - 1;
    const grainRow = (row & (grainSide - 1)) * grainSide;
    let coverage = 0;
    for (let column = first; column <= last; column += 1) {
      coverage += change[offset + column] as number;
      let alpha = coverage < 0 ? -coverage : coverage;
      if (alpha < 0.002) continue;
      if (alpha > 0.999) alpha = 1;
      let entry = 0;
      if (!solid) {
        const x = column * unit + shift;
        let t = radial ? Math.sqrt(x * x + y * y) * dx : x * dx + y * dy;
        if (grain > 0) t += ((tile[grainRow + (column & (grainSide - 1))] as number) - 0.5) * grain;
        entry = t <= 0 ? 0 : t >= 1 ? entries << 2 : ((t * entries + 0.5) | 0) << 2;
      }
      alpha *= ramp[entry + 3] as number;
      const index = (row * this.columns + column) * 3;
      const red = ramp[entry] as number;
      const green = ramp[entry + 1] as number;
      const blue = ramp[entry + 2] as number;
      if (over && alpha === 1) {
        pixels[index] = red;
        pixels[index + 1] = green;
        pixels[index + 2] = blue;
        continue;
      }
      const r = pixels[index] as number;
      const g = pixels[index + 1] as number;
      const b = pixels[index + 2] as number;
      if (over) {
        pixels[index] = r + (red - r) * alpha;
        pixels[index + 1] = g + (green - g) * alpha;
        pixels[index + 2] = b + (blue - b) * alpha;
      } else if (multiply) {
        pixels[index] = r + (r * red - r) * alpha;
        pixels[index + 1] = g + (g * green - g) * alpha;
        pixels[index + 2] = b + (b * blue - b) * alpha;
      } else {
        pixels[index] = r + (red - r * red) * alpha;
        pixels[index + 1] = g + (green - g * green) * alpha;
        pixels[index + 2] = b + (blue - b * blue) * alpha;
      }
    }
  }
}
