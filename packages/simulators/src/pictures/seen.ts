import { createHash } from "node:crypto";
import { type Measure, measure } from "./measure.ts";

/** A picture that a stand-in was sent to look at. The digest, in hex, is of its file: so whoever sent it can prove that it was this one. */
export type Seen = Measure & { sha256: string };

/** Undefined where the file is no PNG, JPEG or WebP, or has no end. Nothing is decoded. */
export function seenIn(file: Buffer): Seen | undefined {
  const measured = measure(file);
  return measured && isWhole(file, measured) ? { ...measured, sha256: createHash("sha256").update(file).digest("hex") } : undefined;
}

function isWhole(file: Buffer, { format }: Measure): boolean {
  if (format === "png") return file.toString("latin1", file.length - 8, file.length - 4) === "IEND";
  if (format === "jpeg") return file.readUInt16BE(file.length - 2) === 0xffd9;
  return file.readUInt32LE(4) + 8 <= file.length;
}

const things = "kettle anvil compass heron teapot thimble violin tram glacier orchard lantern canoe windmill owl sundial abacus".split(" ");

/** What it says that it sees: a thing, which follows from every byte of the file, and the picture's shape. */
export function namesOf({ sha256, width, height }: Seen): [thing: string, shape: "wide" | "tall" | "square"] {
  const thing = things[Number.parseInt(sha256.slice(0, 2), 16) % things.length] ?? "";
  return [thing, width > height * 1.1 ? "wide" : height > width * 1.1 ? "tall" : "square"];
}

/** Base64 of its usual alphabet, with its padding; undefined for anything else. */
export function bytesOf(base64: unknown): Buffer | undefined {
  const isBase64 = typeof base64 === "string" && base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  return isBase64 ? Buffer.from(base64, "base64") : undefined;
}
