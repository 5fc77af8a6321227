import { flat, type ImageModel, styleWords } from "../catalogue.ts";

/** ⚠ Prices and inputs are those of public model pages of 2025; the version of SDXL is configured where it is used. */
const source = "contracts.md §1.1; ⚠ prices, inputs and versions from model pages of 2025";
const ratios = ["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"];
/** ⚠ Seeds are taken to be 32-bit signed. */
const seed = { min: 0, max: 2_147_483_647 };

const shared = {
  provider: "replicate",
  kind: "image",
  seed,
  maxCount: 4,
  promptMax: 10_000,
  styles: styleWords,
  state: "live",
  source,
} as const;

export const replicateModels: readonly ImageModel[] = [
  {
    ...shared,
    model: "black-forest-labs/flux-schnell",
    title: "FLUX.1 schnell",
    sizes: { kind: "ratios", ratios, pixels: 1_048_576 },
    negativePrompt: false,
    steps: { min: 1, max: 4 },
    imageInput: false,
    parameters: {
      draft: { num_inference_steps: 2, megapixels: "0.25", output_format: "png" },
      standard: { num_inference_steps: 4, megapixels: "1", output_format: "png" },
      hd: { num_inference_steps: 4, megapixels: "1", output_format: "png", go_fast: false },
    },
    priceMicroUsd: flat(3_000),
  },
  {
    ...shared,
    model: "black-forest-labs/flux-dev",
    title: "FLUX.1 dev",
    sizes: { kind: "ratios", ratios, pixels: 1_048_576 },
    negativePrompt: false,
    steps: { min: 1, max: 50 },
    guidance: { min: 0, max: 10 },
    imageInput: true,
    parameters: {
      draft: { num_inference_steps: 16, megapixels: "0.25", output_format: "png" },
      standard: { num_inference_steps: 28, megapixels: "1", output_format: "png" },
      hd: { num_inference_steps: 50, megapixels: "1", output_format: "png", go_fast: false },
    },
    priceMicroUsd: flat(25_000),
  },
  {
    ...shared,
    model: "black-forest-labs/flux-1.1-pro",
    title: "FLUX 1.1 pro",
    maxCount: 1,
    sizes: { kind: "free", minSide: 256, maxSide: 1440, step: 32, maxPixels: 1440 * 1440 },
    negativePrompt: false,
    imageInput: true,
    parameters: {
      draft: { aspect_ratio: "custom", output_format: "png" },
      standard: { aspect_ratio: "custom", output_format: "png" },
      hd: { aspect_ratio: "custom", output_format: "png", prompt_upsampling: true },
    },
    priceMicroUsd: flat(40_000),
  },
  {
    ...shared,
    model: "stability-ai/sdxl",
    version: "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    title: "Stable Diffusion XL",
    sizes: { kind: "free", minSide: 64, maxSide: 2048, step: 8, maxPixels: 2048 * 2048 },
    negativePrompt: true,
    steps: { min: 1, max: 500 },
    guidance: { min: 1, max: 50 },
    imageInput: true,
    parameters: { draft: { num_inference_steps: 20 }, standard: { num_inference_steps: 40 }, hd: { num_inference_steps: 60 } },
    priceMicroUsd: flat(4_000),
  },
];
