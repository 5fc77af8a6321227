import { startAutomatic1111 } from "./automatic1111.ts";
import { startBedrock } from "./bedrock.ts";
import { startBlackbox } from "./blackbox.ts";
import { startComfyui } from "./comfyui.ts";
import { startDeepinfra } from "./deepinfra.ts";
import { startGemini } from "./gemini.ts";
import { startGroq } from "./groq.ts";
import { startHuggingface } from "./huggingface.ts";
import { startMidjourney } from "./midjourney.ts";
import { startOpenai } from "./openai.ts";
import { startReplicate } from "./replicate.ts";
import { startStability } from "./stability.ts";

/** Every provider by its name, for who starts them all. */
export const providers = {
  replicate: startReplicate,
  stability: startStability,
  huggingface: startHuggingface,
  gemini: startGemini,
  openai: startOpenai,
  midjourney: startMidjourney,
  blackbox: startBlackbox,
  automatic1111: startAutomatic1111,
  comfyui: startComfyui,
  bedrock: startBedrock,
  groq: startGroq,
  deepinfra: startDeepinfra,
} as const;

export type ProviderName = keyof typeof providers;
