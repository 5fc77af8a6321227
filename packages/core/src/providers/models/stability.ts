import { flat, type ImageModel, noParameters, styleWords } from "../catalogue.ts";

/** A credit costs a cent. */
const source = "contracts.md §1.2; ⚠ prices in credits as of 2025";
const ratios = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];

const presets = [
  "3d-model",
  "analog-film",
  "anime",
  "cinematic",
  "comic-book",
  "digital-art",
  "enhance",
  "fantasy-art",
  "isometric",
  "line-art",
  "low-poly",
  "modeling-compound",
  "neon-punk",
  "origami",
  "photographic",
  "pixel-art",
  "tile-texture",
];

const shared = {
  provider: "stability",
  kind: "image",
  /** 0 leaves the seed to them. */
  seed: { min: 1, max: 4_294_967_294 },
  negativePrompt: true,
  maxCount: 1,
  promptMax: 10_000,
  state: "live",
  source,
} as const;

const sd3 = {
  sizes: { kind: "ratios", ratios, pixels: 1_048_576 },
  imageInput: true,
  styles: styleWords,
  guidance: { min: 1, max: 10 },
} as const;
const guided = { draft: { cfg_scale: 4 }, standard: { cfg_scale: 4 }, hd: { cfg_scale: 5 } };

export const stabilityModels: readonly ImageModel[] = [
  {
    ...shared,
    model: "core",
    title: "Stable Image Core",
    sizes: { kind: "ratios", ratios, pixels: 1_500_000 },
    imageInput: false,
    parameters: noParameters,
    styles: Object.fromEntries(presets.map((preset) => [preset, { parameters: { style_preset: preset } }])),
    priceMicroUsd: flat(30_000),
  },
  {
    ...shared,
    model: "ultra",
    title: "Stable Image Ultra",
    sizes: { kind: "ratios", ratios, pixels: 1_048_576 },
    imageInput: true,
    parameters: noParameters,
    styles: styleWords,
    priceMicroUsd: flat(80_000),
  },
  { ...shared, ...sd3, model: "sd3.5-large", title: "Stable Diffusion 3.5 Large", parameters: guided, priceMicroUsd: flat(65_000) },
  {
    ...shared,
    ...sd3,
    model: "sd3.5-large-turbo",
    title: "Stable Diffusion 3.5 Large Turbo",
    parameters: noParameters,
    priceMicroUsd: flat(40_000),
  },
  { ...shared, ...sd3, model: "sd3.5-medium", title: "Stable Diffusion 3.5 Medium", parameters: guided, priceMicroUsd: flat(35_000) },
];
