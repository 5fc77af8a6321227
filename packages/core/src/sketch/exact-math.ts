/**
 * Mathematics whose every bit ECMA-262 fixes. `Math.sin`, `Math.pow` and their kin may differ in the last bits between
 * engines and processors; addition, multiplication, division and `Math.sqrt` may not. Everything that a picture depends on
 * is made of the latter, so the same request gives the same pixels everywhere.
 */

export const turn = 6.283185307179586;

/** Sine of an angle in radians, to about 1e-7. */
export function sin(radians: number): number {
  let turns = radians / turn;
  turns -= Math.floor(turns + 0.5);
  if (turns > 0.25) turns = 0.5 - turns;
  else if (turns < -0.25) turns = -0.5 - turns;
  const a = turns * turn;
  const s = a * a;
  return a * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 - s / 39916800)))));
}

/** Cosine of an angle in radians, to about 1e-7. */
export const cos = (radians: number): number => sin(radians + turn / 4);

/** The n-th root of x ≥ 0 by Newton's method; meant for tables and palettes, not for every pixel. */
export function root(x: number, n: 3 | 5): number {
  if (x <= 0) return 0;
  let y = Math.max(1, x);
  for (let step = 0; step < 60; step += 1) {
    const power = n === 3 ? y * y : y * y * y * y;
    const next = y - (y - x / power) / n;
    if (next >= y) break;
    y = next;
  }
  return y;
}

export const clamp = (x: number, low = 0, high = 1): number => (x < low ? low : Math.min(x, high));
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** 0 below `from`, 1 above `to`, and a smooth step between. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from));
  return t * t * (3 - 2 * t);
}
