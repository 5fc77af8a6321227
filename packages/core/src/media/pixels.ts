import sharp, { type Sharp } from "sharp";
import { limits } from "../library/index.ts";

/** A picture decoded: eight bits a channel, in sRGB. */
export type Pixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 };

/** The pixels again as the begin of a pipeline. */
export const pipelineOf = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels }, limitInputPixels: limits.maxPixels });

/** Runs a pipeline to its pixels. */
export async function pixelsOf(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels["channels"] };
}
