import { Webhook } from "standardwebhooks";
import * as z from "zod";
import type { ProviderName } from "./settings.ts";

/** A request as it came: header names in lower case, the body byte for byte. */
export type Delivered = { headers: Readonly<Record<string, string | undefined>>; rawBody: string };

/** `told`: whoever knows the secret says that there is news of this work. What the news is, the provider is asked. */
export type Told = { kind: "told"; reference: string } | { kind: "refused"; detail: string };

const Prediction = z.looseObject({ id: z.string().regex(/^\w{1,100}$/) });

/** Standard Webhooks. The package's own limit holds: five minutes to either side of its timestamp, by the real clock. */
function replicate(secret: string, { headers, rawBody }: Delivered): Told {
  const given = Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  try {
    return { kind: "told", reference: Prediction.parse(new Webhook(secret).verify(rawBody, given)).id };
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
