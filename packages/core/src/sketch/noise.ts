import { cos, sin, turn } from "./exact-math.ts";
import type { Random } from "./random.ts";

/** Gradient noise over the plane (Perlin, 2002), seeded. Features are about one unit wide; values lie in about [-1, 1]. */
export class Noise {
  readonly #order = new Uint8Array(512);
  readonly #gx = new Float64Array(256);
  readonly #gy = new Float64Array(256);

  constructor(random: Random) {
    const order = random.shuffled(Array.from({ length: 256 }, (_, index) => index));
    for (let index = 0; index < 512; index += 1) this.#order[index] = order[index & 255] as number;
    for (let index = 0; index < 256; index += 1) {
      const angle = random.next() * turn;
      this.#gx[index] = cos(angle) * 1.5;
      this.#gy[index] = sin(angle) * 1.5;
    }
  }

  at(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const dx = x - column;
    const dy = y - row;
    const left = this.#order[column & 255] as number;
    const right = this.#order[(column + 1) & 255] as number;
    const u = dx * dx * dx * (dx * (dx * 6 - 15) + 10);
    const v = dy * dy * dy * (dy * (dy * 6 - 15) + 10);
    const top = row & 255;
    const a = this.#corner(left + top, dx, dy);
    const b = this.#corner(right + top, dx - 1, dy);
    const c = this.#corner(left + top + 1, dx, dy - 1);
    const d = this.#corner(right + top + 1, dx - 1, dy - 1);
    const upper = a + (b - a) * u;
    return upper + (c + (d - c) * u - upper) * v;
  }

  /** Sum of `octaves` noises, each twice as fine and half as strong; in about [-1, 1]. */
  fractal(x: number, y: number, octaves: number): number {
    let sum = 0;
    let strength = 1;
    let total = 0;
    let scale = 1;
    for (let octave = 0; octave < octaves; octave += 1) {
      sum += strength * this.at(x * scale + octave * 17.3, y * scale + octave * 9.1);
      total += strength;
      strength *= 0.5;
      scale *= 2;
    }
    return sum / total;
  }

  /** Sharp crests, as mountains have; in [0, 1]. */
  crest(x: number, y: number, octaves: number): number {
    let sum = 0;
    let strength = 1;
    let total = 0;
    let scale = 1;
    for (let octave = 0; octave < octaves; octave += 1) {
      const fold = 1 - Math.min(1, Math.abs(this.at(x * scale + octave * 5.7, y * scale + octave * 3.3)) * 1.6);
      sum += strength * fold * fold;
      total += strength;
      strength *= 0.46;
      scale *= 2.1;
    }
    return sum / total;
  }

  #corner(index: number, dx: number, dy: number): number {
    const gradient = this.#order[index & 511] as number;
    return (this.#gx[gradient] as number) * dx + (this.#gy[gradient] as number) * dy;
  }
}
