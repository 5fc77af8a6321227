import type { Parameters } from "./catalogue.ts";

/** A change of a picture that a provider's model makes. */
export type EditOperation = { type: "remove_background" } | { type: "upscale"; factor: Factor };

/** Times each side. */
export const factors = [2, 4] as const;
export type Factor = (typeof factors)[number];

/** What a model that changes pictures does, what it takes, and what that costs. */
export type EditModel = {
  provider: string;
  /** The provider's own id. */
  model: string;
  /** Where the model is called by a version. */
  version?: string;
  kind: "edit";
  title: string;
  /** What should be known before choosing it, where the title does not say it. */
  description?: string;
  does: EditOperation["type"];
  /** Of the picture that it is given: sides and pixels, and bytes of its file. */
  takes: { minSide: number; minPixels: number; maxPixels: number; maxBytes: number };
  /**
   * What is sent for each factor, in the words of an upscaler; a factor that is not here it cannot do. One that always enlarges by more is asked all the
   * same: what comes is made as large as was wanted.
   */
  factors?: Readonly<Partial<Record<Factor, Parameters>>>;
  /** What is sent whatever is wanted. */
  parameters: Parameters;
  /** For one picture, millionths of a dollar. */
  priceMicroUsd: number;
  state: "live" | "retired";
  /** Why it is retired. */
  why?: string;
  /** Where the facts come from; what is not confirmed says ⚠. */
  source: string;
};

/** Why a model cannot take a picture, in plain words; undefined where it can. Sides in pixels. */
export function unfit(
  { takes }: EditModel,
  { width, height, bytes }: { width: number; height: number; bytes: number },
): string | undefined {
  const { minSide, minPixels, maxPixels, maxBytes } = takes;
  const count = (pixels: number) => pixels.toLocaleString("en");
  if (Math.min(width, height) < minSide) return `It takes pictures with sides of ${minSide} pixels and more; this is ${width} × ${height}.`;
  if (width * height < minPixels || width * height > maxPixels)
    return `It takes pictures of ${count(minPixels)} to ${count(maxPixels)} pixels in all; this has ${count(width * height)}.`;
  const megabytes = (size: number) => (size / 1024 / 1024).toFixed(1);
  if (bytes > maxBytes) return `It takes files of at most ${megabytes(maxBytes)} MB; this has ${megabytes(bytes)}.`;
  return undefined;
}
