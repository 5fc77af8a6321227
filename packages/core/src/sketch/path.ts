import { cos, sin, turn } from "./exact-math.ts";

/** Closed outlines in picture units, curves already flattened. Contours of opposite direction cut holes. */
export class Path {
  readonly points: number[] = [];
  /** Where in `points` each contour begins. */
  readonly starts: number[] = [];

  move(x: number, y: number): this {
    this.starts.push(this.points.length);
    this.points.push(x, y);
    return this;
  }

  line(x: number, y: number): this {
    this.points.push(x, y);
    return this;
  }

  quadratic(cx: number, cy: number, x: number, y: number, pieces = 14): this {
    const [x0, y0] = this.#last();
    for (let piece = 1; piece <= pieces; piece += 1) {
      const t = piece / pieces;
      const u = 1 - t;
      this.points.push(u * u * x0 + 2 * u * t * cx + t * t * x, u * u * y0 + 2 * u * t * cy + t * t * y);
    }
    return this;
  }

  cubic(ax: number, ay: number, bx: number, by: number, x: number, y: number, pieces = 18): this {
    const [x0, y0] = this.#last();
    for (let piece = 1; piece <= pieces; piece += 1) {
      const t = piece / pieces;
      const u = 1 - t;
      const [p, q, r, s] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      this.points.push(p * x0 + q * ax + r * bx + s * x, p * y0 + q * ay + r * by + s * y);
    }
    return this;
  }

  /** Goes on from where it is to the arc's begin, then along it; angles in radians, clockwise as y points down. */
  arc(x: number, y: number, radius: number, from: number, to: number): this {
    const pieces = Math.max(3, Math.ceil((Math.abs(to - from) / turn) * (14 + 210 * Math.sqrt(radius))));
    for (let piece = 0; piece <= pieces; piece += 1) {
      const angle = from + ((to - from) * piece) / pieces;
      const [px, py] = [x + radius * cos(angle), y + radius * sin(angle)];
      if (this.points.length === 0) this.move(px, py);
      else this.points.push(px, py);
    }
    return this;
  }

  #last(): [number, number] {
    return [this.points.at(-2) ?? 0, this.points.at(-1) ?? 0];
  }
}

export const rectangle = (x: number, y: number, width: number, height: number): Path =>
  new Path()
    .move(x, y)
    .line(x + width, y)
    .line(x + width, y + height)
    .line(x, y + height);

export const circle = (x: number, y: number, radius: number): Path => new Path().arc(x, y, radius, 0, turn);

/** A slice of a ring; an inner radius of 0 gives a slice of a disc. */
export function sector(x: number, y: number, inner: number, outer: number, from = 0, to = turn): Path {
  const path = new Path().arc(x, y, outer, from, to);
  if (inner <= 0) return to - from < turn - 1e-9 ? path.line(x, y) : path;
  return path.arc(x, y, inner, to, from);
}

/** A polygon through flat x, y pairs. */
export function polygon(points: readonly number[]): Path {
  const path = new Path();
  for (let index = 0; index + 1 < points.length; index += 2) {
    const [x, y] = [points[index] as number, points[index + 1] as number];
    if (index === 0) path.move(x, y);
    else path.line(x, y);
  }
  return path;
}

/**
 * A brush stroke along flat x, y pairs. `width` is the full width, or its share of the way (0 to 1) as a function,
 * which gives tapered ends; ends are round.
 */
export function stroke(points: readonly number[], width: number | ((along: number) => number)): Path {
  const count = points.length >> 1;
  const half = (index: number): number => (typeof width === "number" ? width : width(index / Math.max(1, count - 1))) / 2;
  const x = (index: number): number => points[2 * index] as number;
  const y = (index: number): number => points[2 * index + 1] as number;
  const normal = (index: number): [number, number] => {
    const [before, after] = [Math.max(0, index - 1), Math.min(count - 1, index + 1)];
    const [dx, dy] = [x(after) - x(before), y(after) - y(before)];
    const length = Math.sqrt(dx * dx + dy * dy) || 1;
    return [-dy / length, dx / length];
  };
  const path = new Path();
  if (count < 2) return path;
  for (let index = 0; index < count; index += 1) {
    const [nx, ny] = normal(index);
    const h = half(index);
    if (index === 0) path.move(x(0) + nx * h, y(0) + ny * h);
    else path.line(x(index) + nx * h, y(index) + ny * h);
  }
  cap(path, x(count - 1), y(count - 1), normal(count - 1), half(count - 1), 1);
  for (let index = count - 1; index >= 0; index -= 1) {
    const [nx, ny] = normal(index);
    const h = half(index);
    path.line(x(index) - nx * h, y(index) - ny * h);
  }
  cap(path, x(0), y(0), normal(0), half(0), -1);
  return path;
}

function cap(path: Path, x: number, y: number, [nx, ny]: [number, number], half: number, side: 1 | -1): void {
  for (let piece = 1; piece < 6; piece += 1) {
    const [c, s] = [cos((piece * turn) / 12) * half * side, sin((piece * turn) / 12) * half * side];
    path.line(x + nx * c + ny * s, y + ny * c - nx * s);
  }
}
