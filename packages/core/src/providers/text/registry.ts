import type { Means, Settings } from "../contract.ts";
import type { TextModel, TextRow } from "./contract.ts";
import { extractive } from "./extractive.ts";
import { geminiText } from "./gemini.ts";
import { openaiLike } from "./openai-like.ts";
import type { TextProviderName } from "./settings.ts";

/** Whoever writes, by name. One whose settings are not complete sends nothing. */
export function makeTextModel(
  name: TextProviderName,
  settings: Settings,
  means: Omit<Means, "models"> & { models: readonly TextRow[] },
): TextModel {
  if (name === "extractive") return extractive;
  return name === "gemini" ? geminiText(settings, means) : openaiLike(name, settings, means);
}
