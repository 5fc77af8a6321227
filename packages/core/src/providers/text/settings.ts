import type { Settings } from "../contract.ts";

/** Under which names the settings of those who write are kept. Keys that are also those of pictures are the same. */
const known = {
  extractive: undefined,
  openai: { key: "OPENAI_API_KEY", baseUrl: "OPENAI_BASE_URL" },
  groq: { key: "GROQ_API_KEY", baseUrl: "GROQ_BASE_URL" },
  deepinfra: { key: "DEEPINFRA_API_KEY", baseUrl: "DEEPINFRA_BASE_URL" },
  gemini: { key: "GEMINI_API_KEY", baseUrl: "GEMINI_BASE_URL" },
} as const satisfies Record<string, { key: string; baseUrl: string } | undefined>;

export type TextProviderName = keyof typeof known;
export const textProviderNames = Object.keys(known) as readonly TextProviderName[];
export const isTextProviderName = (name: string): name is TextProviderName => Object.hasOwn(known, name);

/** What is set for one of them. */
export function textSettingsIn(provider: TextProviderName, setting: (name: string) => string | undefined): Settings {
  const names = known[provider];
  return names ? { key: setting(names.key), baseUrl: setting(names.baseUrl) } : {};
}

/** Names of the settings that are missing; empty where it can be used. */
export function missingTextSettings(provider: string, setting: (name: string) => string | undefined): readonly string[] {
  const names = isTextProviderName(provider) ? known[provider] : { key: provider };
  return names && !setting(names.key) ? [names.key] : [];
}

/** Whether words for adults may be sent there: the terms of those out in the world forbid or restrict them. ⚠ Their terms change. */
export const writesForAdults = (provider: string): boolean => provider === "extractive";
