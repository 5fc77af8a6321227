import { createHash } from "node:crypto";
import { decodeTime, encodeTime, monotonicFactory } from "ulid";

/** What an id names, told by its prefix. */
export type IdPrefix = "gen" | "img" | "att" | "rev" | "chn" | "pst" | "ent" | "evt" | "req" | "wks";

const next = monotonicFactory();
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const body = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/** A prefixed ULID such as `pst_01J…`: sorts by the time of its making, to the millisecond, and is monotonic in one process. */
export const newId = (prefix: IdPrefix, at: number): string => `${prefix}_${next(at)}`;

export const idPattern = (prefix: IdPrefix): RegExp => new RegExp(`^${prefix}_${body}$`);

/** Epoch milliseconds at which the id was made. */
export const timeOf = (id: string): number => decodeTime(id.slice(id.indexOf("_") + 1));

/** The lowest id of a moment: ids made at or after `at` sort at or after it. */
export const lowestIdAt = (prefix: IdPrefix, at: number): string => `${prefix}_${encodeTime(at, 10)}${"0".repeat(16)}`;

/** An id that the same inputs always give, for objects that must not exist twice. Not for anything secret. */
export function derivedId(prefix: IdPrefix, ...from: string[]): string {
  const digest = createHash("sha256").update(from.join("\u0000")).digest();
  let bits = BigInt(`0x${digest.subarray(0, 16).toString("hex")}`) >> 1n;
  let text = "";
  for (let i = 0; i < 26; i += 1) {
    text = crockford[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${prefix}_${text}`;
}
