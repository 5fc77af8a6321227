import { type Catalogue, catalogueOf } from "@atelier/core/generation";
import { isProviderName, missingSettings, type ProviderName, providerNames, type Settings, settingNames } from "@atelier/core/providers";
import { once } from "./clients.ts";
import { optional, providerSetting } from "./env.ts";

/**
 * What is set for each provider: the one place that finds keys, once in a process. On one's own machine they are in the environment; in AWS nothing puts
 * them there yet (docs/guides/providers.md), and whatever will, such as a read of SSM parameters, belongs here: that is why it may take its time.
 */
export const providerSettings = once(async (): Promise<Readonly<Record<ProviderName, Settings>>> => {
  const settings = providerNames.map((provider) => {
    const names = Object.entries(settingNames(provider));
    return [provider, Object.fromEntries(names.map(([setting, name]) => [setting, providerSetting(name)]))];
  });
  return Object.fromEntries(settings) as Record<ProviderName, Settings>;
});

/** The catalogue with what can be used here. It knows names of settings, never values, and loads no adapter. */
export const catalogue = once(async (): Promise<Catalogue> => {
  const settings = await providerSettings();
  const missing = (provider: string) => missingSettings(provider, isProviderName(provider) ? settings[provider] : {});
  const order = (optional("PROVIDER_ORDER") ?? "").split(",").map((name) => name.trim());
  return catalogueOf(
    missing,
    order.filter((name) => name !== ""),
  );
});
