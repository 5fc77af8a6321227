import { createHash, randomInt } from "node:crypto";
import { decodeTime, encodeTime, monotonicFactory } from "ulid";

/** What an id names, told by its prefix. */
export type IdPrefix =
  | "gen"
  | "edt"
  | "img"
  | "att"
  | "rev"
  | "chn"
  | "pst"
  | "ent"
  | "evt"
  | "req"
  | "wks"
  | "tpl"
  | "tpv"
  | "exp"
  | "aud"
  | "alr"
  | "pln"
  | "run"
  | "txt"
  | "ver"
  | "fld";

// The package asks the system for each letter by itself, 65 µs an id; `randomInt` asks for many at once.
const next = monotonicFactory(() => randomInt(32) / 32);
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const body = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/** A prefixed ULID such as `pst_01J…`: sorts by the time of its making, to the millisecond, and is monotonic in one process. */
export const newId = (prefix: IdPrefix, at: number): string => `${prefix}_${next(at)}`;

export const idPattern = (prefix: IdPrefix): RegExp => new RegExp(`^${prefix}_${body}$`);

/** When an id was made, epoch milliseconds. */
export const madeAt = (id: string): number => decodeTime(id.slice(4));

/** The latest moment that a ULID can name, in the year 10889. */
const latest = 2 ** 48 - 1;

/** The lowest id of a moment: ids made at or after `at` sort at or after it. No id is older than 1970, so an earlier moment has the lowest of all. */
export const lowestIdAt = (prefix: IdPrefix, at: number): string =>
  `${prefix}_${encodeTime(Math.min(latest, Math.max(0, at)), 10)}${"0".repeat(16)}`;

/**
 * An id that the same moment and names always give, for an object that must not exist twice however often it is made. Sorts by `at` as others do.
 * Not a secret.
 */
export function derivedIdAt(prefix: IdPrefix, at: number, ...names: string[]): string {
  const digest = createHash("sha256").update(names.join("\u0000")).digest();
  const random = Array.from(digest.subarray(0, 16), (byte) => crockford[byte & 31]).join("");
  return `${prefix}_${encodeTime(at, 10)}${random}`;
}
