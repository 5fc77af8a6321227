/** A perceptual hash: 64 bits as 16 hex digits. */
export type Likeness = string;

/** How good a picture is, as far as arithmetic can tell; all from 0 to 1. `score` weighs the parts. */
export type Quality = { score: number; sharpness: number; exposure: number; contrast: number; resolution: number };

/** Bits in which two hashes may differ and their pictures count as alike; of unrelated pictures half of 64 differ. @see media/looks.test.ts for the figures. */
export const alikeWithin = 12;

/** In how many of 64 bits two hashes differ. */
export function distance(a: Likeness, b: Likeness): number {
  let bits = 0;
  for (let at = 0; at < 16; at += 4) {
    let different = Number.parseInt(a.slice(at, at + 4), 16) ^ Number.parseInt(b.slice(at, at + 4), 16);
    for (; different !== 0; different &= different - 1) bits += 1;
  }
  return bits;
}
