import type { Settings } from "./contract.ts";

type Names = { readonly [setting in keyof Settings]?: string };

/**
 * Under which names a provider's settings are kept, and which of them it cannot do without. This stands apart from the adapters, so that whoever only has
 * to tell whether a provider is on does not load what calls it.
 */
const known = {
  sketch: { names: {}, needed: [] },
  replicate: {
    names: { key: "REPLICATE_API_TOKEN", baseUrl: "REPLICATE_BASE_URL", webhookSecret: "REPLICATE_WEBHOOK_SECRET" },
    needed: ["key"],
  },
  stability: { names: { key: "STABILITY_API_KEY", baseUrl: "STABILITY_BASE_URL" }, needed: ["key"] },
  openai: { names: { key: "OPENAI_API_KEY", baseUrl: "OPENAI_BASE_URL" }, needed: ["key"] },
  gemini: { names: { key: "GEMINI_API_KEY", baseUrl: "GEMINI_BASE_URL" }, needed: ["key"] },
  huggingface: { names: { key: "HF_TOKEN", baseUrl: "HF_BASE_URL" }, needed: ["key"] },
  midjourney: { names: { key: "MIDJOURNEY_PROXY_SECRET", baseUrl: "MIDJOURNEY_PROXY_URL" }, needed: ["baseUrl"] },
  blackbox: { names: { key: "BLACKBOX_API_KEY", baseUrl: "BLACKBOX_BASE_URL" }, needed: ["key"] },
  bedrock: { names: { key: "BEDROCK_API_KEY", baseUrl: "BEDROCK_BASE_URL", region: "BEDROCK_REGION" }, needed: ["key"] },
  automatic1111: { names: { key: "AUTOMATIC1111_KEY", baseUrl: "AUTOMATIC1111_URL" }, needed: ["baseUrl"] },
  comfyui: { names: { key: "COMFYUI_KEY", baseUrl: "COMFYUI_URL" }, needed: ["baseUrl"] },
} as const satisfies Record<string, { names: Names; needed: readonly (keyof Settings)[] }>;

export type ProviderName = keyof typeof known;
export const providerNames = Object.keys(known) as readonly ProviderName[];
export const isProviderName = (name: string): name is ProviderName => Object.hasOwn(known, name);

/** One's own machines have no terms; those of everybody else forbid pictures for adults, or allow them to whoever has asked their leave. */
const ownMachines: ReadonlySet<string> = new Set(["sketch", "automatic1111", "comfyui"]);

/** Whether a provider's terms allow what is rated `mature`. */
export const drawsForAdults = (provider: string): boolean => ownMachines.has(provider);

/** The name of each setting that the provider reads. */
export const settingNames = (provider: ProviderName): Names => known[provider].names;

/** Names of the settings that a provider still needs; empty where it can be used. Of one that is not known, its own name. */
export function missingSettings(provider: string, settings: Settings): readonly string[] {
  if (!isProviderName(provider)) return [provider];
  const names: Names = known[provider].names;
  return known[provider].needed.flatMap((setting) => (settings[setting] ? [] : (names[setting] ?? setting)));
}
