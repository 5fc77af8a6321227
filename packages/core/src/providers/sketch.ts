import type { ImageProvider } from "../generation/index.ts";
import { type SketchStyle, sketchPng } from "../sketch/index.ts";

/** The renderer that is built in. It calls nobody and costs nothing. */
export const sketchProvider: ImageProvider = {
  async draw({ prompt, negativePrompt, style, width, height, seed }) {
    const bytes = await sketchPng({ prompt, negativePrompt, style: style as SketchStyle | undefined, width, height, seed });
    return { bytes, mimeType: "image/png", modelVersion: "1", costMicroUsd: 0 };
  },
};
