import { type ImageModel, styleWords } from "../catalogue.ts";

/** ⚠ Prices of all, ratios 4:5 and 5:4; the state of gemini-2.5-flash-image follows its schedule. */
const source = "contracts.md §1.4; ⚠ prices";

const shared = {
  provider: "gemini",
  kind: "image",
  sizes: { kind: "ratios", ratios: ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"], pixels: 1_048_576 },
  negativePrompt: false,
  maxCount: 1,
  imageInput: true,
  promptMax: 30_000,
  parameters: { draft: { imageSize: "1K" }, standard: { imageSize: "1K" }, hd: { imageSize: "2K" } },
  styles: styleWords,
  state: "live",
  source,
} as const;

const price = { draft: 67_000, standard: 67_000, hd: 101_000 };

export const geminiModels: readonly ImageModel[] = [
  { ...shared, model: "gemini-3.1-flash-image", title: "Gemini 3.1 Flash Image", priceMicroUsd: price },
  { ...shared, model: "gemini-3.1-flash-lite-image", title: "Gemini 3.1 Flash-Lite Image", priceMicroUsd: price },
  {
    ...shared,
    model: "gemini-3-pro-image",
    title: "Gemini 3 Pro Image",
    priceMicroUsd: { draft: 134_000, standard: 134_000, hd: 134_000 },
  },
  {
    ...shared,
    model: "gemini-2.5-flash-image",
    title: "Gemini 2.5 Flash Image",
    priceMicroUsd: price,
    state: "retired",
    why: "Google scheduled its end for 2026-10-02.",
  },
];
