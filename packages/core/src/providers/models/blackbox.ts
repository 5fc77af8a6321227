import { flat, type ImageModel, noParameters, styleWords } from "../catalogue.ts";

const shared = {
  provider: "blackbox",
  kind: "image",
  sizes: { kind: "fixed", sizes: ["1024x1024"] },
  negativePrompt: false,
  maxCount: 1,
  imageInput: false,
  promptMax: 2_000,
  parameters: noParameters,
  styles: styleWords,
  state: "live",
  source: "contracts.md §1.9; ⚠ models, prices and the size, which cannot be asked for",
} as const;

export const blackboxModels: readonly ImageModel[] = [
  { ...shared, model: "blackboxai/black-forest-labs/flux-schnell", title: "FLUX.1 schnell", priceMicroUsd: flat(3_000) },
  { ...shared, model: "blackboxai/black-forest-labs/flux-dev", title: "FLUX.1 dev", priceMicroUsd: flat(25_000) },
  { ...shared, model: "blackboxai/black-forest-labs/flux-pro", title: "FLUX.1 pro", priceMicroUsd: flat(50_000) },
];
