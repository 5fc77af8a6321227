import { flat, type ImageModel, styleWords } from "../catalogue.ts";

/** ⚠ Prices: whoever serves a model bills by its own; a tenth of a cent stands for it. */
const source = "contracts.md §1.3; ⚠ prices, bounds of sizes";

const shared = {
  provider: "huggingface",
  kind: "image",
  sizes: { kind: "free", minSide: 64, maxSide: 2_048, step: 8, maxPixels: 2_048 * 2_048 },
  seed: { min: 0, max: 2_147_483_647 },
  maxCount: 1,
  imageInput: false,
  promptMax: 10_000,
  styles: styleWords,
  priceMicroUsd: flat(1_000),
  state: "live",
  source,
} as const;

export const huggingfaceModels: readonly ImageModel[] = [
  {
    ...shared,
    model: "stabilityai/stable-diffusion-xl-base-1.0",
    title: "Stable Diffusion XL",
    negativePrompt: true,
    steps: { min: 1, max: 100 },
    guidance: { min: 0, max: 30 },
    parameters: { draft: { num_inference_steps: 15 }, standard: { num_inference_steps: 30 }, hd: { num_inference_steps: 50 } },
  },
  {
    ...shared,
    model: "black-forest-labs/FLUX.1-schnell",
    title: "FLUX.1 schnell",
    negativePrompt: false,
    steps: { min: 1, max: 12 },
    parameters: { draft: { steps: 2 }, standard: { steps: 4 }, hd: { steps: 8 } },
  },
];
