import { createHmac, randomBytes } from "node:crypto";
import { sameText } from "../wire/sigv4.ts";

/** Codes of six digits that change every 30 s, as authenticator apps make them: RFC 6238 with SHA-1 (RFC 4226 §5.3). */

const stepMs = 30_000;
const digits = 6;
/** 160 bits, which RFC 4226 §4 recommends, and a whole number of base32 letters. */
const secretBytes = 20;
/** Clocks of telephones are off: one step before and one after are taken too (RFC 6238 §5.2). */
const tolerance = [0, -1, 1];
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new secret in base32, to be typed or scanned. */
export const newSecret = (): string =>
  Array.from(randomBytes(secretBytes * 2), (byte) => alphabet.charAt(byte & 31))
    .slice(0, (secretBytes * 8) / 5)
    .join("");

/** The number of the step at `at`, epoch milliseconds of real time: telephones know no other. */
export const stepAt = (at: number): number => Math.floor(at / stepMs);

/** The code of one step. */
export function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, "0");
}

/** The step whose code this is, of those that may be shown now; undefined if it is none of them. */
export const stepOf = (secret: string, code: string, at: number): number | undefined =>
  tolerance.map((off) => stepAt(at) + off).find((step) => sameText(codeOf(secret, step), code));

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}
