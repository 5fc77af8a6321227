import { createHash } from "node:crypto";

/** In [0, 1), the same whenever it is drawn for the same names: whoever takes over a plan draws what the one before drew. */
export function seeded(...names: (string | number)[]): number {
  const digest = createHash("sha256").update(names.join("\u0000")).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** A whole number from `low` to `high`, both included. */
export const seededWhole = (low: number, high: number, ...names: (string | number)[]): number =>
  low + Math.floor(seeded(...names) * (high - low + 1));
