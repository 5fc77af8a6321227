import type { Channel, Entry } from "@atelier/core/publishing";
import { feed } from "./deps.ts";

/** A gallery or an entry, or why it is not to be seen. */
export type Found<T> = { kind: "here"; value: T } | { kind: "missing" } | { kind: "gone" };

/** Nothing has a longer name, and the table takes no key of any length. */
const longestName = 64;

export async function findGallery(slug: string): Promise<Found<Channel>> {
  if (slug.length > longestName) return { kind: "missing" };
  const channel = await feed().channelBySlug(slug);
  if (!channel) return { kind: "missing" };
  return channel.state === "active" ? { kind: "here", value: channel } : { kind: "gone" };
}

export async function findEntry(slug: string, entryId: string): Promise<Found<{ channel: Channel; entry: Entry }>> {
  if (entryId.length > longestName) return { kind: "missing" };
  const gallery = await findGallery(slug);
  if (gallery.kind !== "here") return gallery;
  const entry = await feed().get(gallery.value.id, entryId);
  if (!entry) return { kind: "missing" };
  return entry.goneAt === undefined ? { kind: "here", value: { channel: gallery.value, entry } } : { kind: "gone" };
}
