import { flat, type ImageModel, noParameters, styleWords } from "../catalogue.ts";

const shared = {
  provider: "bedrock",
  kind: "image",
  sizes: { kind: "ratios", ratios: ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"], pixels: 1_048_576 },
  /** 0 leaves the seed to them. */
  seed: { min: 1, max: 4_294_967_294 },
  negativePrompt: true,
  maxCount: 1,
  imageInput: true,
  promptMax: 10_000,
  parameters: noParameters,
  styles: styleWords,
  state: "live",
  source: "contracts.md §1.6; ⚠ which are live in which region, and prices",
} as const;

export const bedrockModels: readonly ImageModel[] = [
  { ...shared, model: "stability.sd3-5-large-v1:0", title: "Stable Diffusion 3.5 Large", priceMicroUsd: flat(80_000) },
  {
    ...shared,
    model: "stability.stable-image-core-v1:1",
    title: "Stable Image Core",
    sizes: { ...shared.sizes, pixels: 1_500_000 },
    imageInput: false,
    priceMicroUsd: flat(40_000),
  },
  { ...shared, model: "stability.stable-image-ultra-v1:1", title: "Stable Image Ultra", priceMicroUsd: flat(140_000) },
  {
    ...shared,
    model: "amazon.nova-canvas-v1:0",
    title: "Nova Canvas",
    sizes: { kind: "free", minSide: 320, maxSide: 4_096, step: 16, maxPixels: 4_194_304 },
    priceMicroUsd: { draft: 40_000, standard: 40_000, hd: 60_000 },
    state: "retired",
    why: "Amazon ended it on 2026-09-30.",
  },
];
