export type PictureType = "image/png" | "image/jpeg" | "image/webp";

const pngEnd = Buffer.from([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);

/** What a file is by its first bytes, whatever it is called. */
export function pictureTypeOf(bytes: Buffer): PictureType | undefined {
  if (bytes.length >= 8 && bytes.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n") return "image/png";
  if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return "image/jpeg";
  if (bytes.length >= 12 && bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP") return "image/webp";
  return undefined;
}

/** Whether a file's end is there. What lies between is for whoever decodes it. */
export function isWhole(bytes: Buffer, type: PictureType): boolean {
  // Some encoders leave zeros, or notes of their own, behind the end.
  const tail = bytes.subarray(-4096);
  if (type === "image/png") return tail.includes(pngEnd);
  if (type === "image/jpeg") return tail.includes(Buffer.from([0xff, 0xd9]));
  return bytes.readUInt32LE(4) + 8 <= bytes.length;
}
