import type { Rgb } from "../color.ts";
import { blend } from "../color.ts";
import { clamp, mix, smoothstep } from "../exact-math.ts";
import type { Scene } from "../scene.ts";

/** Side of a cell of the height field's lattice, and how many cells lie outside the picture on each side. */
const cell = 1 / 160;
const pad = 6;

/** Sheets of paper cut along the contours of a hilly field, each casting its shadow on the one below. */
export function drawContours(scene: Scene): void {
  const { canvas, theme } = scene;
  const levels = theme.whole(7, 10);
  const sheets = sheetsOf(scene, levels);
  const threads = theme.chance(0.5) ? 0.22 : 0;
  const heights = heightField(scene, levels);
  const pixel = 1 / canvas.scale;
  const shadowReach = [0.012 / cell, 0.018 / cell] as const;
  for (let row = 0; row < canvas.rows; row += 1) {
    for (let column = 0; column < canvas.columns; column += 1) {
      const u = ((column + 0.5) * pixel) / cell + pad;
      const v = ((row + 0.5) * pixel) / cell + pad;
      const height = heights.at(u, v);
      // Half a pixel's steps tell how much the height changes over one pixel, so that each edge is one pixel soft.
      const gx = heights.at(u + 0.5, v) - height;
      const gy = heights.at(u, v + 0.5) - height;
      const change = Math.max(1e-4, Math.sqrt(gx * gx + gy * gy) * 2 * (pixel / cell));
      const level = Math.floor(height);
      const beyond = height - level;
      const own = sheets[Math.max(0, Math.min(level, levels))] as Rgb;
      const below = sheets[Math.max(0, Math.min(level - 1, levels))] as Rgb;
      const edge = clamp(beyond / change);
      const rim = 0.18 * clamp(1 - (beyond / change) * pixel * 260);
      // A higher sheet, up and to the left, shades this one.
      const above = heights.at(u - shadowReach[0], v - shadowReach[1]) - level - 1;
      const shade = level < levels && above > -0.22 ? 0.3 * smoothstep(-0.22, 0.2, above) : 0;
      const thread = threads * (1 - clamp(Math.abs(beyond - 0.5) / (change * 0.8 + 0.012)));
      const darker = (1 - shade) * (1 - thread);
      const index = (row * canvas.columns + column) * 3;
      canvas.pixels[index] = mix(mix(below[0], own[0], edge), 1, rim) * darker;
      canvas.pixels[index + 1] = mix(mix(below[1], own[1], edge), 1, rim) * darker;
      canvas.pixels[index + 2] = mix(mix(below[2], own[2], edge), 1, rim) * darker;
    }
  }
}

/** The colours of the sheets, from the lowest up. */
function sheetsOf({ palette, theme }: Scene, levels: number): Rgb[] {
  const [first, second] = palette.accents as [Rgb, Rgb];
  const tones = palette.dark ? [...palette.sky, palette.light] : [palette.near, first, second, palette.sky[2], palette.paper];
  const stops = theme.chance(0.5) ? tones : tones.reverse();
  return Array.from({ length: levels + 1 }, (_, level) => {
    const place = (level / levels) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(place));
    return blend(stops[index] as Rgb, stops[index + 1] as Rgb, place - index);
  });
}

/** Heights in levels, by cells of a lattice that is finer than any feature of the field. */
function heightField({ random, theme, noise, width, height }: Scene, levels: number): { at: (u: number, v: number) => number } {
  const rough = theme.between(0.9, 1.5);
  const [sx, sy] = [random.between(0, 50), random.between(0, 50)];
  const [cx, cy] = [width * random.between(0.3, 0.7), height * random.between(0.3, 0.7)];
  const columns = Math.ceil(width / cell) + 2 * pad;
  const rows = Math.ceil(height / cell) + 2 * pad;
  const lattice = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [x, y] = [(column - pad) * cell, (row - pad) * cell];
      const [dx, dy] = [(x - cx) / width, (y - cy) / height];
      const warp = noise.at(x * rough + sx + 7, y * rough + sy) * 0.35;
      const hills = noise.fractal(x * rough + sx + warp, y * rough + sy + warp, 2);
      lattice[row * columns + column] = (0.78 + 0.62 * hills - Math.sqrt(dx * dx + dy * dy) * 0.75) * levels;
    }
  }
  return {
    at: (u, v) => {
      const column = u | 0;
      const row = v | 0;
      const index = row * columns + column;
      const a = lattice[index] as number;
      const b = lattice[index + columns] as number;
      const upper = a + ((lattice[index + 1] as number) - a) * (u - column);
      const lower = b + ((lattice[index + columns + 1] as number) - b) * (u - column);
      return upper + (lower - upper) * (v - row);
    },
  };
}
