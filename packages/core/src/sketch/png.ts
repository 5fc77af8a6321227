import sharp from "sharp";
import { xmpPacket } from "../provenance/index.ts";
import type { SketchRequest } from "./request.ts";
import { sketch } from "./sketch.ts";

/**
 * The picture as a PNG whose XMP states that it is algorithmic media, drawn by a procedural renderer. Equal requests give equal
 * bytes with the same build of sharp; another build may compress the same pixels differently.
 *
 * @throws RangeError as `sketch` does.
 */
export async function sketchPng(request: SketchRequest): Promise<Buffer> {
  const { width, height, pixels } = sketch(request);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6, adaptiveFiltering: false })
    .withXmp(xmpPacket("algorithmicMedia"))
    .toBuffer();
}
