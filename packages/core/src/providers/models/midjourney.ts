import { flat, type ImageModel, styleWords } from "../catalogue.ts";

export const midjourneyModels: readonly ImageModel[] = [
  {
    provider: "midjourney",
    model: "midjourney",
    kind: "image",
    title: "Midjourney, through a proxy",
    sizes: {
      kind: "ratios",
      ratios: ["1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "4:3", "3:4", "21:9", "9:21"],
      pixels: 1_048_576,
    },
    seed: { min: 0, max: 4_294_967_295 },
    negativePrompt: true,
    maxCount: 1,
    imageInput: true,
    promptMax: 6_000,
    parameters: { draft: { quality: 0.5 }, standard: { quality: 1 }, hd: { quality: 2 } },
    styles: styleWords,
    priceMicroUsd: flat(33_000),
    state: "live",
    source:
      "contracts.md §1.8; ⚠ price: a minute of a subscription's fast time; flags, ratios and the longest prompt from Midjourney's help",
  },
];
