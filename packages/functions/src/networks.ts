import { processClock } from "@atelier/core/kernel";
import { feedNetwork, feedStore, loopbackNetwork, type Networks } from "@atelier/core/publishing";
import { media, once, table } from "./clients.ts";
import { optional, required } from "./env.ts";

/** The networks that posts go to. */
export const networks = once((): Networks => {
  const standIn = optional("FEED_STAND_IN_URL");
  if (standIn !== undefined) return { feed: loopbackNetwork({ url: standIn, keys: optional("FEED_STAND_IN_KEYS") === "true" }) };
  return { feed: feedNetwork({ entries: feedStore(table()), media: media(), publicUrl: required("PUBLIC_URL"), clock: processClock }) };
});
