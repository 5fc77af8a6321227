import type { TextRow } from "./contract.ts";
import { extractive } from "./extractive.ts";

const row = (
  provider: string,
  model: string,
  title: string,
  price: readonly [inMicroUsd: number, outMicroUsd: number],
  section: string,
): TextRow => ({
  provider,
  model,
  title,
  tokenPriceMicroUsd: { in: price[0], out: price[1] },
  state: "live",
  source: `contracts.md ${section}; ⚠ prices`,
});

/** ⚠ That each of them takes this level: models before Gemini 3 have a budget of tokens instead. */
const leastOfGemini = { thinkingConfig: { thinkingLevel: "minimal" } };

/**
 * Who takes pictures, and as how many tokens at most. ⚠ All of it is from the providers' own guides, read in November 2026, and tried with none of them: that
 * these models see, and take JPEG, PNG and WebP; that one picture is 1,120 tokens to Gemini 3 unless it is told to look closer
 * (https://ai.google.dev/gemini-api/docs/media-resolution), and at most 1,536 patches of 1.62 tokens to OpenAI's small models (guide “Images and vision”).
 */
const sight = { gemini: { tokensMax: 1_120 }, openai: { tokensMax: 2_489 } } as const;

/** Models of text. Ids and prices are defaults: whoever makes a provider may give other rows. */
export const textModels: readonly TextRow[] = [
  {
    ...row("extractive", "extractive-1", extractive.title, [0, 0], ""),
    source: "packages/core/src/providers/text/extractive.ts",
  },
  { ...row("openai", "gpt-5-mini", "GPT-5 mini", [0.25, 2], "§1.5"), thinkLeast: { reasoning_effort: "minimal" }, sees: sight.openai },
  row("groq", "llama-3.3-70b-versatile", "Llama 3.3 70B", [0.59, 0.79], "§1.10"),
  row("deepinfra", "meta-llama/Llama-3.3-70B-Instruct", "Llama 3.3 70B", [0.23, 0.4], "§1.10"),
  { ...row("gemini", "gemini-3.5-flash", "Gemini 3.5 Flash", [0.3, 2.5], "§1.4"), thinkLeast: leastOfGemini, sees: sight.gemini },
  { ...row("gemini", "gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", [0.1, 0.4], "§1.4"), thinkLeast: leastOfGemini, sees: sight.gemini },
];
