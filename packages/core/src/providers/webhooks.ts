import * as z from "zod";
import { type Delivered, signedBy } from "../outside/index.ts";
import type { ProviderName } from "./settings.ts";

/** `told`: whoever knows the secret says that there is news of this work. What the news is, the provider is asked. */
export type Told = { kind: "told"; reference: string } | { kind: "refused"; detail: string };

const Prediction = z.looseObject({ id: z.string().regex(/^\w{1,100}$/) });

/** Its webhooks name the prediction that they are about. */
function replicate(secret: string, delivered: Delivered): Told {
  try {
    return { kind: "told", reference: Prediction.parse(signedBy(secret, delivered).said).id };
  } catch {
    return { kind: "refused", detail: "It is not signed by Replicate, is more than five minutes old, or cannot be read." };
  }
}

/** Those who sign what they tell. Apart from the adapters, so that whoever takes webhooks loads none of them. */
const readers: Partial<Record<ProviderName, (secret: string, delivered: Delivered) => Told>> = { replicate };

export const sendsWebhooks = (provider: string): provider is ProviderName => Object.hasOwn(readers, provider);

/** Checks who sent a webhook, and reads which work it is about. `secret` is the provider's `webhookSecret`. */
export function readWebhook(provider: ProviderName, secret: string | undefined, delivered: Delivered): Told {
  const read = readers[provider];
  if (!read || secret === undefined) return { kind: "refused", detail: `No webhook secret of ${provider} is set here.` };
  return read(secret, delivered);
}
