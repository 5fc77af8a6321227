import { isProviderName, type ProviderName } from "./settings.ts";

/** What is asked of a provider, by everybody here together: pictures in the making at once, and begun in a minute. */
export type ProviderLimits = { atOnce: number; perMinute: number };

/**
 * Far enough below what each provider allows that it rarely has to say no; a machine of one's own draws one picture after the other. Whoever has a larger
 * account raises them (`PROVIDER_LIMITS`). The built-in renderer has none.
 */
const defaults: Partial<Record<ProviderName, ProviderLimits>> = {
  replicate: { atOnce: 20, perMinute: 300 },
  stability: { atOnce: 10, perMinute: 300 },
  openai: { atOnce: 5, perMinute: 20 },
  gemini: { atOnce: 5, perMinute: 30 },
  huggingface: { atOnce: 5, perMinute: 60 },
  midjourney: { atOnce: 3, perMinute: 30 },
  blackbox: { atOnce: 5, perMinute: 60 },
  bedrock: { atOnce: 5, perMinute: 30 },
  automatic1111: { atOnce: 1, perMinute: 60 },
  comfyui: { atOnce: 2, perMinute: 60 },
};

/** Each place is two attributes of one row. */
const atOnceMax = 100;

/**
 * The limits of each provider, with those that configuration changes: `replicate=40/600,openai=2/5` is pictures at once and per minute.
 *
 * @throws RangeError that says how it is written
 */
export function limitsFrom(setting = ""): (provider: string) => ProviderLimits | undefined {
  const changed: Record<string, ProviderLimits> = {};
  for (const part of setting.split(",").map((text) => text.trim())) {
    if (part === "") continue;
    const [, provider = "", atOnce, perMinute] = /^([a-z0-9]+)=(\d{1,3})\/(\d{1,5})$/.exec(part) ?? [];
    const limits = { atOnce: Number(atOnce), perMinute: Number(perMinute) };
    if (!Object.hasOwn(defaults, provider) || !(limits.atOnce >= 1 && limits.atOnce <= atOnceMax && limits.perMinute >= 1))
      throw new RangeError(
        `PROVIDER_LIMITS has “${part}”. Write provider=atOnce/perMinute, such as replicate=40/600, with 1 to ${atOnceMax} at once, and one of: ${Object.keys(defaults).join(", ")}.`,
      );
    changed[provider] = limits;
  }
  return (provider) => (isProviderName(provider) ? (changed[provider] ?? defaults[provider]) : undefined);
}
