import sharp, { type Metadata } from "sharp";
import { limits } from "../library/index.ts";
import { digitalSourceTypeIn } from "../provenance/index.ts";
import { pixelsOf } from "./pixels.ts";
import { type Renditions, render } from "./renditions.ts";

const { maxBytes, maxPixels, minSide } = limits;

/** Types that are taken in; what a file is, its bytes say, not its name. */
export const types = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
export type Format = keyof typeof types;

export type Examined =
  | ({ kind: "sound" } & Renditions)
  | {
      kind: "unsound";
      reason: "too_large" | "not_an_image" | "mislabelled" | "too_many_pixels" | "too_small" | "animated" | "broken";
      detail: string;
    };

export type Expected = {
  /** Media type that the sender named. */
  declaredType?: string;
  /** IPTC term to write in; without one, that of the file is kept. */
  digitalSourceType?: string;
};

type Unsound = Extract<Examined, { kind: "unsound" }>;
const unsound = (reason: Unsound["reason"], detail: string): Unsound => ({
  kind: "unsound",
  reason,
  detail,
});

/**
 * Looks at a file that came from outside and makes what is kept of it: the original, upright, without position or other private metadata,
 * a preview and a thumbnail. All carry the IPTC digital source type in XMP.
 */
export async function examine(bytes: Buffer, { declaredType, digitalSourceType }: Expected): Promise<Examined> {
  const seen = await look(bytes);
  if (seen.kind === "unsound") return seen;
  const { format, metadata } = seen;
  if (declaredType !== undefined && declaredType !== types[format])
    return unsound("mislabelled", `It was announced as ${declaredType}, but its content is ${types[format]}.`);
  try {
    return await make(bytes, format, digitalSourceType ?? digitalSourceTypeIn(metadata.xmpAsString));
  } catch (error) {
    return unsound("broken", `The image data is damaged: ${firstLine(error)}.`);
  }
}

/** What a file is and how large, by its head alone: whether it can be taken. */
export async function look(
  bytes: Buffer,
  bytesMax: number = maxBytes,
): Promise<{ kind: "sound"; format: Format; metadata: Metadata } | Unsound> {
  if (bytes.length > bytesMax)
    return unsound("too_large", `At most ${bytesMax / 1024 / 1024} MB; this file has ${(bytes.length / 1024 / 1024).toFixed(1)} MB.`);
  const metadata = await read(bytes);
  if (!metadata) return unsound("not_an_image", "The content is not an image that can be read. JPEG, PNG and WebP are taken.");
  const { format, width = 0, height = 0, pages = 1 } = metadata;
  if (!isFormat(format)) return unsound("not_an_image", `The content is ${format.toUpperCase()}. JPEG, PNG and WebP are taken.`);
  if (pages > 1) return unsound("animated", "Animated images are not taken; send a still one.");
  if (width * height > maxPixels)
    return unsound("too_many_pixels", `${width} × ${height} is over ${maxPixels / 1_000_000} million pixels.`);
  if (Math.min(width, height) < minSide)
    return unsound("too_small", `Each side needs at least ${minSide} pixels; this is ${width} × ${height}.`);
  return { kind: "sound", format, metadata };
}

async function make(bytes: Buffer, format: Format, digitalSourceType: string | undefined): Promise<Examined> {
  const upright = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" }).autoOrient();
  const pixels = await pixelsOf(upright.clone());
  return { kind: "sound", ...(await render(pixels, upright.clone().keepIccProfile(), types[format], digitalSourceType)) };
}

async function read(bytes: Buffer): Promise<Metadata | undefined> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch {
    return undefined;
  }
}

const isFormat = (format: string): format is Format => Object.hasOwn(types, format);
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 200) ?? "";
