import { flat, type ImageModel, styleWords } from "../catalogue.ts";

/** What runs on somebody's own machine. Checkpoints are added by configuration, under the names of their files. */
const source = "contracts.md §1.7; ⚠ bounds are those of common checkpoints";

const shared = {
  kind: "image",
  sizes: { kind: "free", minSide: 64, maxSide: 2_048, step: 8, maxPixels: 2_048 * 2_048 },
  seed: { min: 0, max: 4_294_967_295 },
  negativePrompt: true,
  steps: { min: 1, max: 150 },
  guidance: { min: 0, max: 30 },
  maxCount: 8,
  imageInput: true,
  promptMax: 10_000,
  styles: styleWords,
  priceMicroUsd: flat(0),
  state: "live",
  source,
} as const;

export const selfHostedModels: readonly ImageModel[] = [
  {
    ...shared,
    provider: "automatic1111",
    model: "default",
    title: "The checkpoint that is loaded",
    parameters: { draft: { steps: 12, cfg_scale: 7 }, standard: { steps: 25, cfg_scale: 7 }, hd: { steps: 45, cfg_scale: 7 } },
  },
  {
    ...shared,
    provider: "comfyui",
    model: "sd_xl_base_1.0.safetensors",
    title: "Stable Diffusion XL",
    parameters: { draft: { steps: 12, cfg: 7 }, standard: { steps: 25, cfg: 7 }, hd: { steps: 45, cfg: 7 } },
  },
];
