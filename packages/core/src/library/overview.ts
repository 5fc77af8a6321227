import type { Context } from "../kernel/index.ts";
import { type FolderStore, placed } from "./folders.ts";
import { type Image, type ImageState, imageStates } from "./image.ts";
import { find } from "./images.ts";
import { alikeWithin, distance } from "./likeness.ts";
import type { Card, ImageStore } from "./store.ts";

type Deps = { images: ImageStore };

/** Images that one overview looks at, the latest made: some eight pages of an index that holds a few hundred bytes of each. */
export const mostCards = 20_000;
/** Images that are told to be alike. */
export const mostAlike = 25;
export const mostTagCounts = 200;

/** How many images were looked at, and whether those were all. */
export type Looked = { looked: number; complete: boolean };

/** Images that look like this one, the most alike first: those whose hashes differ in at most `within` of 64 bits. */
export async function similar(
  ctx: Context,
  { images, folders }: Deps & { folders: FolderStore },
  id: string,
  { within = alikeWithin }: { within?: number | undefined },
): Promise<{ items: { distance: number; image: Image }[] } & Looked> {
  const { likeness } = (await find(ctx, { images }, id)).file ?? {};
  if (likeness === undefined) return { items: [], looked: 0, complete: true };
  const { cards, complete } = await images.cards(ctx.workspaceId, mostCards);
  const near = cards
    .flatMap((card) =>
      card.id !== id && card.likeness !== undefined ? [{ id: card.id, distance: distance(likeness, card.likeness) }] : [],
    )
    .filter((one) => one.distance <= within)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? 1 : -1))
    .slice(0, mostAlike);
  const found =
    near.length === 0
      ? []
      : await images.getMany(
          ctx.workspaceId,
          near.map((one) => one.id),
        );
  // The index tells of a moment ago.
  const there = await placed(
    ctx,
    { folders },
    found.filter((image): image is Image => image !== undefined && image.deletedAt === undefined),
  );
  const byId = new Map(there.map((image) => [image.id, image]));
  const items = near.flatMap((one) => {
    const image = byId.get(one.id);
    return image ? [{ distance: one.distance, image }] : [];
  });
  return { items, looked: cards.length, complete };
}

export type TagCount = { tag: string; count: number; automatic: number };

/** Tags with the number of images that people gave them to, and of those that have them only by themselves; the most used first. */
export async function countTags(ctx: Context, { images }: Deps): Promise<{ items: TagCount[] } & Looked> {
  const { cards, complete } = await images.cards(ctx.workspaceId, mostCards);
  const counts = new Map<string, TagCount>();
  const countOf = (tag: string): TagCount => {
    const known = counts.get(tag) ?? { tag, count: 0, automatic: 0 };
    counts.set(tag, known);
    return known;
  };
  for (const { tags, autoTags = [] } of cards) {
    const given = new Set(tags);
    for (const tag of given) countOf(tag).count += 1;
    for (const { tag } of autoTags) if (!given.has(tag)) countOf(tag).automatic += 1;
  }
  const items = [...counts.values()].sort((a, b) => b.count + b.automatic - a.count - a.automatic || (a.tag < b.tag ? -1 : 1));
  return { items: items.slice(0, mostTagCounts), looked: cards.length, complete };
}

/** How many images are in each state; what is in the trash is in none. */
export async function countStates(ctx: Context, { images }: Deps): Promise<{ states: Record<ImageState, number> } & Looked> {
  const { cards, complete } = await images.cards(ctx.workspaceId, mostCards);
  const states = Object.fromEntries(imageStates.map((state) => [state, 0])) as Record<ImageState, number>;
  for (const { state } of cards as readonly Card[]) states[state] += 1;
  return { states, looked: cards.length, complete };
}
