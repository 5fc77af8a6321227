export type Measure = { format: "png" | "jpeg" | "webp"; width: number; height: number };

/** The format and size that the head of a file states, or undefined where it is no PNG, JPEG or WebP. Nothing is decoded. */
export function measure(file: Buffer): Measure | undefined {
  if (file.length >= 24 && file.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n")
    return { format: "png", width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
  if (file.length >= 30 && file.toString("latin1", 0, 4) === "RIFF" && file.toString("latin1", 8, 12) === "WEBP") return webpMeasure(file);
  if (file.length >= 4 && file.readUInt16BE(0) === 0xffd8) return jpegMeasure(file);
  return undefined;
}

function webpMeasure(file: Buffer): Measure | undefined {
  const kind = file.toString("latin1", 12, 16);
  const size = (width: number, height: number): Measure => ({ format: "webp", width, height });
  if (kind === "VP8X") return size(file.readUIntLE(24, 3) + 1, file.readUIntLE(27, 3) + 1);
  if (kind === "VP8 ") return size(file.readUInt16LE(26) & 0x3fff, file.readUInt16LE(28) & 0x3fff);
  if (kind !== "VP8L") return undefined;
  const bits = file.readUInt32LE(21);
  return size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

/** Walks from marker to marker to the frame header; a file that ends before it states no size. */
function jpegMeasure(file: Buffer): Measure | undefined {
  let at = 2;
  while (at + 9 < file.length) {
    const marker = file.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { format: "jpeg", width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
    at += 2 + file.readUInt16BE(at + 2);
  }
  return undefined;
}
