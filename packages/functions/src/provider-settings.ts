import { type Catalogue, catalogueOf } from "@atelier/core/generation";
import { isProviderName, missingSettings, type ProviderName, providerNames, type Settings, settingNames } from "@atelier/core/providers";
import { optional, providerSetting } from "./env.ts";
import { logger } from "./log.ts";
import { parametersUnder } from "./parameters.ts";

type Values = Readonly<Record<string, string | undefined>>;

/** A key that is changed is used within this time; milliseconds of real time. */
const freshMs = 5 * 60_000;

let known: { readAt: number; values: Values } | undefined;
let reading: Promise<Values> | undefined;

/**
 * What is set for providers, by name: the one place that finds keys. In AWS they are SecureStrings of SSM under `PROVIDER_SETTINGS_PATH`, read once in a
 * process and anew every few minutes; where none has been set there, the environment counts. As long as nothing has changed it is the same object.
 */
async function values(): Promise<Values> {
  if (known && performance.now() - known.readAt < freshMs) return known.values;
  reading ??= read().finally(() => {
    reading = undefined;
  });
  return reading;
}

async function read(): Promise<Values> {
  const path = optional("PROVIDER_SETTINGS_PATH");
  try {
    const found = path === undefined ? {} : await parametersUnder(path);
    const same = known !== undefined && JSON.stringify(found) === JSON.stringify(known.values);
    known = { readAt: performance.now(), values: same && known ? known.values : found };
  } catch (error) {
    // Who has keys goes on with them; who has none cannot know whether there are any.
    if (!known) throw error;
    logger.warn("The settings of providers cannot be read anew.", { error: error as Error });
    known = { ...known, readAt: performance.now() };
  }
  return known.values;
}

/** Makes something of what is set, and again only when that has changed. */
/* @__NO_SIDE_EFFECTS__ */
export function fromSettings<T>(make: (setting: (name: string) => string | undefined) => T): () => Promise<T> {
  let made: { of: Values; value: T } | undefined;
  return async () => {
    const found = await values();
    if (made?.of !== found) made = { of: found, value: make((name) => found[name] ?? providerSetting(name)) };
    return made.value;
  };
}

export type ProviderSettings = Readonly<Record<ProviderName, Settings>>;

export const settingsIn = (setting: (name: string) => string | undefined): ProviderSettings =>
  Object.fromEntries(
    providerNames.map((provider) => {
      const names = Object.entries(settingNames(provider));
      return [provider, Object.fromEntries(names.map(([key, name]) => [key, setting(name)]))];
    }),
  ) as Record<ProviderName, Settings>;

export const providerSettings = fromSettings(settingsIn);

/** The catalogue with what can be used here. It knows names of settings, never values, and loads no adapter. */
export const catalogue = fromSettings((setting): Catalogue => {
  const settings = settingsIn(setting);
  const missing = (provider: string) => missingSettings(provider, isProviderName(provider) ? settings[provider] : {});
  const order = (setting("PROVIDER_ORDER") ?? "").split(",").map((name) => name.trim());
  return catalogueOf(
    missing,
    order.filter((name) => name !== ""),
  );
});
