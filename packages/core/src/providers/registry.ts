import { automatic1111 } from "./automatic1111.ts";
import { bedrock } from "./bedrock.ts";
import { blackbox } from "./blackbox.ts";
import { builtIn } from "./built-in.ts";
import { comfyui } from "./comfyui.ts";
import type { Means, Provider, Settings } from "./contract.ts";
import { failed } from "./failures.ts";
import { gemini } from "./gemini.ts";
import { huggingface } from "./huggingface.ts";
import { midjourney } from "./midjourney.ts";
import { openai } from "./openai.ts";
import { replicate } from "./replicate.ts";
import type { ProviderName } from "./settings.ts";
import { stability } from "./stability.ts";

const makers = {
  sketch: (_: Settings, means: Means) => builtIn(means),
  replicate,
  stability,
  openai,
  gemini,
  huggingface,
  midjourney,
  blackbox,
  bedrock,
  automatic1111,
  comfyui,
} as const satisfies Record<ProviderName, (settings: Settings, means: Means) => Provider>;

/** A provider by its name. One whose settings are not complete sends nothing. */
export function makeProvider(name: ProviderName, settings: Settings, means: Means): Provider {
  const provider = makers[name](settings, means);
  const missing = provider.missing();
  if (missing.length === 0) return provider;
  const submit = async () => failed("reauthorise", `${name} is not configured. Set ${missing.join(" and ")}.`);
  return { ...provider, submit, ...(provider.editor && { editor: { ...provider.editor, submit } }) };
}
