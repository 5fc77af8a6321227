import { sketchStyles } from "../../sketch/index.ts";
import { flat, type ImageModel, noParameters } from "../catalogue.ts";

export const sketchModels: readonly ImageModel[] = [
  {
    provider: "sketch",
    model: "sketch-1",
    kind: "image",
    title: "Sketch",
    description:
      "Built in: a procedural renderer, not an AI model. It draws abstract scenes from the words, the style and the seed; it needs no key and costs nothing.",
    sizes: { kind: "free", minSide: 64, maxSide: 2_048, step: 1, maxPixels: 2_048 * 2_048 },
    seed: { min: 0, max: 4_294_967_295 },
    negativePrompt: true,
    maxCount: 8,
    imageInput: false,
    promptMax: 10_000,
    parameters: noParameters,
    styles: Object.fromEntries(sketchStyles.map((style) => [style, { parameters: { style } }])),
    priceMicroUsd: flat(0),
    state: "live",
    source: "packages/core/src/sketch",
  },
];
