import type { EditModel } from "../edit-catalogue.ts";

const megabyte = 1024 * 1024;

/** A credit costs a cent. The whole request may have 10 MiB; some of that is the form around the file. */
const stability = {
  provider: "stability",
  kind: "edit",
  parameters: {},
  state: "live",
  source: "contracts.md §1.2; ⚠ prices in credits as of 2025, and what fast upscaling takes",
} as const;

/** ⚠ Ids and prices are those of public model pages of 2025, and sizes what others report. */
const replicate = {
  provider: "replicate",
  kind: "edit",
  state: "live",
  source: "contracts.md §1.1; ⚠ prices, inputs, sizes and versions from model pages of 2025",
} as const;

/** Every model that changes pictures. Prices and ids are defaults, in one place, easy to change. */
export const editModels: readonly EditModel[] = [
  {
    ...stability,
    model: "remove-background",
    title: "Stability Remove Background",
    does: "remove_background",
    takes: { minSide: 64, minPixels: 4_096, maxPixels: 4_194_304, maxBytes: 9.5 * megabyte },
    priceMicroUsd: 20_000,
  },
  {
    ...stability,
    model: "upscale-fast",
    title: "Stability Fast Upscaler",
    description: "It enlarges four times; twice is made of that.",
    does: "upscale",
    takes: { minSide: 32, minPixels: 1_024, maxPixels: 1_048_576, maxBytes: 9.5 * megabyte },
    factors: { 2: {}, 4: {} },
    priceMicroUsd: 20_000,
  },
  {
    ...replicate,
    model: "recraft-ai/recraft-remove-background",
    title: "Recraft Remove Background",
    does: "remove_background",
    takes: { minSide: 32, minPixels: 1_024, maxPixels: 16_000_000, maxBytes: 5 * megabyte },
    parameters: {},
    priceMicroUsd: 10_000,
  },
  {
    ...replicate,
    model: "nightmareai/real-esrgan",
    version: "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa",
    title: "Real-ESRGAN",
    does: "upscale",
    // Four times each side of the largest is 24 million pixels: as a PNG of 48 MB, which is what is fetched, they may have two bytes each.
    takes: { minSide: 16, minPixels: 256, maxPixels: 1_500_000, maxBytes: 25 * megabyte },
    factors: { 2: { scale: 2 }, 4: { scale: 4 } },
    parameters: { face_enhance: false },
    priceMicroUsd: 2_000,
  },
  {
    ...replicate,
    model: "topazlabs/image-upscale",
    title: "Topaz Image Upscale",
    description: "For photographs. Its price rises with the size of what it makes; this is the one of up to 24 million pixels.",
    does: "upscale",
    // Four times each side of the largest of these is 24 million pixels: beyond that it costs more than the price below.
    takes: { minSide: 32, minPixels: 1_024, maxPixels: 1_500_000, maxBytes: 20 * megabyte },
    factors: { 2: { upscale_factor: "2x" }, 4: { upscale_factor: "4x" } },
    parameters: { enhance_model: "Standard V2", output_format: "png" },
    priceMicroUsd: 50_000,
  },
];
