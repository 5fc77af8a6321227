import { createHash } from "node:crypto";
import type { Sharp } from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import type { FileFacts, MimeType } from "../library/index.ts";
import { xmpPacket } from "../provenance/index.ts";
import { likenessOf, qualityOf } from "./looks.ts";
import { type Pixels, pipelineOf, pixelsOf } from "./pixels.ts";

/** Longest sides in pixels, and how hard WebP tries (0–6). */
const previewSide = 1280;
const thumbnailSide = 320;
const webp = { quality: 80, effort: 3 } as const;

/** The files of one picture, and what is known of them. */
export type Renditions = { original: Buffer; preview: Buffer; thumbnail: Buffer; facts: FileFacts };

/**
 * Encodes `original` and makes a preview and a thumbnail from the same pixels: one decode serves all. Each file carries the IPTC digital source type in XMP,
 * where there is one.
 */
export async function render(
  pixels: Pixels,
  original: Sharp,
  mimeType: MimeType,
  digitalSourceType: string | undefined,
): Promise<Renditions> {
  const marked = (image: Sharp): Sharp => (digitalSourceType === undefined ? image : image.withXmp(xmpPacket(digitalSourceType)));
  const fitted = (side: number) => pipelineOf(pixels).resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });

  const [file, preview, thumbnail, small] = await Promise.all([
    encode(marked(original), mimeType).toBuffer(),
    marked(fitted(previewSide)).webp(webp).toBuffer(),
    marked(fitted(thumbnailSide)).webp(webp).toBuffer(),
    pixelsOf(fitted(100).ensureAlpha().toColourspace("srgb")),
  ]);
  return {
    original: file,
    preview,
    thumbnail,
    facts: {
      mimeType,
      width: pixels.width,
      height: pixels.height,
      bytes: file.length,
      sha256: createHash("sha256").update(file).digest("hex"),
      thumbhash: Buffer.from(rgbaToThumbHash(small.width, small.height, small.data)).toString("base64"),
      likeness: likenessOf(small),
      quality: qualityOf(pixels, small),
      ...(digitalSourceType !== undefined && { digitalSourceType }),
    },
  };
}

function encode(image: Sharp, mimeType: MimeType): Sharp {
  if (mimeType === "image/jpeg") return image.jpeg({ quality: 95, chromaSubsampling: "4:4:4" });
  if (mimeType === "image/png") return image.png({ compressionLevel: 6 });
  return image.webp({ quality: 95, effort: 3 });
}
