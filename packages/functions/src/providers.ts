import { type Providers, patience } from "@atelier/core/generation";
import { processClock } from "@atelier/core/kernel";
import { makeOutside } from "@atelier/core/outside";
import { imageModels, isProviderName, makeProvider, missingSettings, type Provider } from "@atelier/core/providers";
import { once } from "./clients.ts";
import { providerSettings } from "./provider-settings.ts";

/** Whoever draws, with their adapters: for the worker alone. */
export const providers = once(async (): Promise<Providers> => {
  const settings = await providerSettings();
  const means = { outside: makeOutside(), models: imageModels, patience, now: processClock.now };
  const made = new Map<string, Provider>();
  return (name) => {
    if (!isProviderName(name) || missingSettings(name, settings[name]).length > 0) return undefined;
    const provider = made.get(name) ?? makeProvider(name, settings[name], means);
    made.set(name, provider);
    return provider;
  };
});
