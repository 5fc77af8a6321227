import { type Providers, patience, type RenderDeps } from "@atelier/core/generation";
import { processClock } from "@atelier/core/kernel";
import { makeOutside } from "@atelier/core/outside";
import {
  editModels,
  imageModels,
  isProviderName,
  makeProvider,
  missingSettings,
  type Provider,
  sendsWebhooks,
} from "@atelier/core/providers";
import { optional } from "./env.ts";
import { fromSettings, settingsIn } from "./provider-settings.ts";

/** Whoever draws, with their adapters: for the worker alone. */
export const providers = fromSettings((setting): Providers => {
  const settings = settingsIn(setting);
  const means = { outside: makeOutside(), models: imageModels, edits: editModels, patience, now: processClock.now };
  const made = new Map<string, Provider>();
  return (name) => {
    if (!isProviderName(name) || missingSettings(name, settings[name]).length > 0) return undefined;
    const provider = made.get(name) ?? makeProvider(name, settings[name], means);
    made.set(name, provider);
    return provider;
  };
});

/**
 * Where a provider that signs may tell that it has news: nowhere without its secret, or where it cannot reach this server. Providers out in the world take
 * HTTPS alone; a stand-in on this machine reaches any address of it.
 */
export const webhookUrl = fromSettings((setting): RenderDeps["webhookUrl"] => {
  const settings = settingsIn(setting);
  const publicUrl = optional("PUBLIC_URL");
  return ({ id, workspaceId }, attempt) => {
    const { provider } = attempt;
    if (publicUrl === undefined || !sendsWebhooks(provider)) return undefined;
    const { webhookSecret, baseUrl } = settings[provider];
    if (webhookSecret === undefined || (!publicUrl.startsWith("https://") && baseUrl === undefined)) return undefined;
    return `${publicUrl}/v1/webhooks/${provider}?${new URLSearchParams({ workspace: workspaceId, generation: id, attempt: attempt.id })}`;
  };
});
