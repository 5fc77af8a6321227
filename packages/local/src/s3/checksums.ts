import { createHash, hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { notImplemented, S3Error } from "./errors.ts";

const algorithms: Record<string, (body: Buffer) => string> = {
  crc32: (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString("base64");
  },
  sha1: (body) => createHash("sha1").update(body).digest("base64"),
  sha256: (body) => createHash("sha256").update(body).digest("base64"),
};

/** Checks the name of an algorithm, as `x-amz-checksum-algorithm` gives it; returns it in lower case. Throws NotImplemented. */
export function knownAlgorithm(name: string): string {
  if (!Object.hasOwn(algorithms, name.toLowerCase())) throw notImplemented(`the checksum ${name}`);
  return name.toLowerCase();
}

/** The checksum of an object of parts: that of the parts' own checksums, with their number. Undefined unless each part has one. */
export function compositeChecksum(algorithm: string, parts: Record<string, string>[]): Record<string, string> | undefined {
  const sums = parts.flatMap((checksums) => checksums[`${prefix}${algorithm}`] ?? []);
  const whole = algorithms[algorithm]?.(Buffer.concat(sums.map((sum) => Buffer.from(sum, "base64"))));
  return sums.length === parts.length && whole !== undefined ? { [`${prefix}${algorithm}`]: `${whole}-${parts.length}` } : undefined;
}

/** Headers under this prefix that do not carry a checksum. */
const notSums = new Set(["mode", "type", "algorithm"]);
const prefix = "x-amz-checksum-";

/**
 * Verifies `Content-MD5` and every `x-amz-checksum-*` among `given` (headers, trailers or form fields, names in lower case) against
 * the body. Returns the checksums by header name, to be kept with the object.
 */
export function verifyChecksums(body: Buffer, given: Record<string, string>): Record<string, string> {
  const md5 = given["content-md5"];
  if (md5 !== undefined) {
    if (Buffer.from(md5, "base64").length !== 16) throw new S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.");
    if (hash("md5", body, "base64") !== md5)
      throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!name.startsWith(prefix) || notSums.has(name.slice(prefix.length))) continue;
    const algorithm = name.slice(prefix.length);
    const compute = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
    if (!compute) throw notImplemented(`the checksum ${algorithm.toUpperCase()}`);
    if (compute(body) !== value)
      throw new S3Error("BadDigest", `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
    kept[name] = value;
  }
  return kept;
}

/** DeleteObjects must carry a digest of some kind, so that no half-sent list deletes. */
export const hasChecksum = (given: Record<string, string>): boolean =>
  Object.keys(given).some((name) => name === "content-md5" || (name.startsWith(prefix) && !notSums.has(name.slice(prefix.length))));
