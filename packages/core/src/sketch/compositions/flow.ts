import type { Rgb } from "../color.ts";
import { blend } from "../color.ts";
import { cos, mix, sin, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { stroke } from "../path.ts";
import type { Scene } from "../scene.ts";

/** Side of a cell of the map of what is taken. */
const cell = 1 / 320;

/** Strokes that follow one field of directions and never touch: broad ribbons first, then finer ones between. */
export function drawFlow(scene: Scene): void {
  const { canvas, palette, random, theme, width, height, has } = scene;
  const dark = palette.dark || theme.chance(0.25);
  const ground = dark ? (palette.dark ? palette.sky[0] : palette.near) : palette.paper;
  canvas.fillAll(
    linearGradient([ground, blend(ground, palette.sky[1], dark ? 0.25 : 0.14)], [0, 0], [width * 0.3, height], { grain: 0.15 }),
  );
  const margin = theme.chance(0.55) ? 0.07 : -0.06;
  const angle = fieldOf(scene);
  const colors = colorsOf(scene, ground);
  const bold = has("wild", "joyful", "fire", "music") || theme.chance(0.5);
  const widths = bold ? [0.042, 0.026, 0.014, 0.006] : [0.016, 0.009, 0.005, 0.0032];
  const taken = takenMap(width, height);
  const region = width * height;
  const swap = theme.between(0.1, 0.25);
  for (const [rank, wide] of widths.entries()) {
    const tries = Math.round(((bold ? 6.5 : 9) * region) / wide / (rank === 0 ? 1.5 : 1));
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const [x, y] = [random.between(margin, width - margin), random.between(margin, height - margin)];
      const chosen = random.next() < swap ? random.pick(colors) : colors[band(scene, x, y, colors.length)];
      const line = trace(scene, angle, taken, x, y, wide, margin, random.between(0.25, 1.1));
      if (line.length < 2 * Math.max(8, wide * 600)) continue;
      taken.mark(line, wide);
      const taper = bold
        ? (t: number) => wide * Math.min(1, 6 * t + 0.55, 6 * (1 - t) + 0.55)
        : (t: number) => wide * (0.25 + 0.75 * sin((t * turn) / 2));
      canvas.fill(stroke(line, taper), solid(chosen ?? palette.ink));
    }
  }
}

/** The direction at each point, in radians. */
function fieldOf({ theme, random, noise, has, width, height }: Scene): (x: number, y: number) => number {
  const turbulence = has("calm", "minimal") ? 0.28 : has("wild", "storm", "fire") ? 1.1 : theme.between(0.4, 0.85);
  const grain = has("calm", "minimal") ? 0.7 : theme.between(0.8, 1.5);
  const lean = has("fire") ? -turn / 4 : theme.between(-0.6, 0.6);
  const whirl = theme.chance(0.25) || has("space", "portrait", "storm");
  const steps = theme.chance(0.16) ? 8 : 0;
  const [cx, cy, spin] = [width * random.between(0.3, 0.7), height * random.between(0.3, 0.7), random.chance(0.5) ? 1 : -1];
  return (x, y) => {
    const [dx, dy] = [x - cx, y - cy];
    const distance = Math.sqrt(dx * dx + dy * dy) + 1e-6;
    const bend = noise.fractal(x * grain, y * grain, 2) * turbulence * (turn / 2);
    if (whirl) {
      // Around the eye, turning outward into the general wind.
      const pull = 1 / (1 + distance * distance * 4);
      const [ux, uy] = [mix(cos(lean + bend), (-dy / distance) * spin, pull), mix(sin(lean + bend), (dx / distance) * spin, pull)];
      return directionOf(ux, uy);
    }
    return steps > 0 ? (Math.round(((lean + bend) / turn) * steps) / steps) * turn : lean + bend;
  };
}

/** The angle of a vector, to about 0.004 radians: enough for a brush. */
function directionOf(x: number, y: number): number {
  const [ax, ay] = [Math.abs(x), Math.abs(y)];
  const t = Math.min(ax, ay) / Math.max(ax, ay, 1e-9);
  const acute = t * (turn / 8 + 0.273 * (1 - t));
  const quarter = ay > ax ? turn / 4 - acute : acute;
  const half = x < 0 ? turn / 2 - quarter : quarter;
  return y < 0 ? -half : half;
}

/** Broad regions of the picture share a colour. */
const band = ({ noise }: Scene, x: number, y: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor((0.5 + 0.8 * noise.fractal(x * 0.9 + 40, y * 0.9, 2)) * count)));

function colorsOf({ palette, theme }: Scene, ground: Rgb): Rgb[] {
  const all = [...palette.accents, palette.ink, palette.light, palette.near, palette.sky[1]];
  const distance = (a: Rgb, b: Rgb): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);
  return theme.shuffled(all.filter((color) => distance(color, ground) > 0.33)).slice(0, theme.whole(4, 6));
}

type Taken = { free: (x: number, y: number, reach: number) => boolean; mark: (line: readonly number[], wide: number) => void };

/** Which cells a stroke already covers. */
function takenMap(width: number, height: number): Taken {
  const pad = 40;
  const columns = Math.ceil(width / cell) + 2 * pad;
  const rows = Math.ceil(height / cell) + 2 * pad;
  const map = new Uint8Array(columns * rows);
  const indexOf = (x: number, y: number): number => (Math.floor(y / cell) + pad) * columns + Math.floor(x / cell) + pad;
  return {
    free: (x, y, reach) =>
      map[indexOf(x, y)] === 0 &&
      map[indexOf(x + reach, y)] === 0 &&
      map[indexOf(x - reach, y)] === 0 &&
      map[indexOf(x, y + reach)] === 0 &&
      map[indexOf(x, y - reach)] === 0,
    mark: (line, wide) => {
      const reach = Math.ceil(wide / 2 / cell);
      for (let index = 0; index < line.length; index += 2) {
        const centre = indexOf(line[index] as number, line[index + 1] as number);
        for (let dy = -reach; dy <= reach; dy += 1)
          for (let dx = -reach; dx <= reach; dx += 1) if (dx * dx + dy * dy <= reach * reach + 1) map[centre + dy * columns + dx] = 1;
      }
    },
  };
}

/** Follows the field both ways from a point, until something is in the way. */
function trace(
  scene: Scene,
  angle: (x: number, y: number) => number,
  taken: Taken,
  startX: number,
  startY: number,
  wide: number,
  margin: number,
  longest: number,
): number[] {
  const { width, height } = scene;
  const step = 0.0055;
  const reach = wide / 2 + 0.0035;
  const follow = (sign: 1 | -1): number[] => {
    const points: number[] = [];
    let [x, y] = [startX, startY];
    for (let length = 0; length < longest / 2; length += step) {
      if (x < margin + wide / 2 || y < margin + wide / 2 || x > width - margin - wide / 2 || y > height - margin - wide / 2) break;
      if (!taken.free(x, y, reach)) break;
      points.push(x, y);
      const direction = angle(x, y);
      x += cos(direction) * step * sign;
      y += sin(direction) * step * sign;
    }
    return points;
  };
  const ahead = follow(1);
  if (ahead.length === 0) return ahead;
  const behind = follow(-1);
  const line: number[] = [];
  for (let index = behind.length - 2; index >= 2; index -= 2) line.push(behind[index] as number, behind[index + 1] as number);
  line.push(...ahead);
  return line;
}
