import { type ImageModel, styleWords } from "../catalogue.ts";

/** Prices of 1024 × 1024: 272, 1,056 and 4,160 tokens. */
const source = "contracts.md §1.5; ⚠ prices per token, of gpt-image-2 that of gpt-image-1";
const fixed = { kind: "fixed", sizes: ["1024x1024", "1536x1024", "1024x1536"] } as const;
const priced = (outMicroUsd: number, inMicroUsd: number) => ({
  priceMicroUsd: { draft: 272 * outMicroUsd, standard: 1_056 * outMicroUsd, hd: 4_160 * outMicroUsd },
  tokenPriceMicroUsd: { in: inMicroUsd, out: outMicroUsd },
});

const shared = {
  provider: "openai",
  kind: "image",
  negativePrompt: false,
  maxCount: 10,
  imageInput: true,
  promptMax: 32_000,
  parameters: { draft: { quality: "low" }, standard: { quality: "medium" }, hd: { quality: "high" } },
  styles: styleWords,
  state: "live",
  source,
} as const;

export const openaiModels: readonly ImageModel[] = [
  {
    ...shared,
    model: "gpt-image-2",
    title: "GPT Image 2",
    /** Any multiple of 16 up to 3840 × 2160, of ratios to 3:1. ⚠ The least side. */
    sizes: { kind: "free", minSide: 720, maxSide: 2_160, step: 16, maxPixels: 2_160 * 2_160 },
    ...priced(40, 5),
  },
  { ...shared, model: "gpt-image-1.5", title: "GPT Image 1.5", sizes: fixed, ...priced(32, 5) },
  { ...shared, model: "gpt-image-1", title: "GPT Image 1", sizes: fixed, ...priced(40, 5) },
  { ...shared, model: "gpt-image-1-mini", title: "GPT Image 1 mini", sizes: fixed, ...priced(8, 2) },
];
