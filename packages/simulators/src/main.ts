import type { Provider } from "./contract.ts";
import { type ProviderName, providers } from "./providers.ts";
import type { ReplicateControls } from "./replicate.ts";

/** The settings by which Atelier finds each provider that draws or writes: the names of its key and of its address. docs/guides/providers.md */
const settings = {
  replicate: { key: "REPLICATE_API_TOKEN", url: "REPLICATE_BASE_URL" },
  stability: { key: "STABILITY_API_KEY", url: "STABILITY_BASE_URL" },
  huggingface: { key: "HF_TOKEN", url: "HF_BASE_URL" },
  gemini: { key: "GEMINI_API_KEY", url: "GEMINI_BASE_URL" },
  openai: { key: "OPENAI_API_KEY", url: "OPENAI_BASE_URL" },
  midjourney: { key: "MIDJOURNEY_PROXY_SECRET", url: "MIDJOURNEY_PROXY_URL" },
  blackbox: { key: "BLACKBOX_API_KEY", url: "BLACKBOX_BASE_URL" },
  bedrock: { key: "BEDROCK_API_KEY", url: "BEDROCK_BASE_URL" },
  automatic1111: { key: "AUTOMATIC1111_KEY", url: "AUTOMATIC1111_URL" },
  comfyui: { key: "COMFYUI_KEY", url: "COMFYUI_URL" },
  groq: { key: "GROQ_API_KEY", url: "GROQ_BASE_URL" },
  deepinfra: { key: "DEEPINFRA_API_KEY", url: "DEEPINFRA_BASE_URL" },
} as const satisfies Partial<Record<ProviderName, { key: string; url: string }>>;

/** How long a step of work takes, milliseconds, so that a person sees it going on. */
const stepMs = [200, 800] as const;

/**
 * Starts a stand-in of every provider, says in one line of JSON where they are and what has to be set for them, and ends when whoever started
 * it does.
 */
async function main(): Promise<void> {
  const environment: Record<string, string> = {};
  const items: { kind: "provider"; name: string; url: string }[] = [];
  for (const [name, { key, url }] of Object.entries(settings) as [keyof typeof settings, { key: string; url: string }][]) {
    const provider: Provider & Partial<ReplicateControls> = await providers[name]({ stepMs });
    environment[url] = provider.url;
    if (provider.key !== "") environment[key] = provider.key;
    if (provider.webhooks) environment.REPLICATE_WEBHOOK_SECRET = provider.webhooks.secret;
    items.push({ kind: "provider", name, url: provider.url });
  }
  process.stdout.write(`${JSON.stringify({ environment, items })}\n`);
}

process.stdin.resume();
process.stdin.once("close", () => process.exit(0));
main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
});
