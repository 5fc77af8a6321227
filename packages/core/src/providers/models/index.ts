import type { ImageModel } from "../catalogue.ts";
import { bedrockModels } from "./bedrock.ts";
import { blackboxModels } from "./blackbox.ts";
import { geminiModels } from "./gemini.ts";
import { huggingfaceModels } from "./huggingface.ts";
import { midjourneyModels } from "./midjourney.ts";
import { openaiModels } from "./openai.ts";
import { replicateModels } from "./replicate.ts";
import { selfHostedModels } from "./self-hosted.ts";
import { sketchModels } from "./sketch.ts";
import { stabilityModels } from "./stability.ts";

/** Every model that is known, live and retired. Prices and ids are defaults: configuration has the last word (`overridden`). */
export const imageModels: readonly ImageModel[] = [
  ...sketchModels,
  ...replicateModels,
  ...stabilityModels,
  ...openaiModels,
  ...geminiModels,
  ...huggingfaceModels,
  ...midjourneyModels,
  ...blackboxModels,
  ...bedrockModels,
  ...selfHostedModels,
];

export { editModels } from "./edits.ts";
