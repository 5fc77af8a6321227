import { Conflict, insert, type Key, type Row, type Table } from "../../kernel/index.ts";
import type { Channel } from "../channel.ts";
import type { Entry } from "./entry.ts";
import type { FeedStore } from "./store.ts";

const partition = (channelId: string): string => `feed/${channelId}`;
const keyOf = (channelId: string, id: string): Key => ({ pk: partition(channelId), sk: id });
const rowOf = (entry: Entry): Row<Entry> => ({ attributes: ["goneAt"], ...keyOf(entry.channelId, entry.id), ...entry });
export const slugKey = (slug: string): Key => ({ pk: `slug/${slug}`, sk: "slug" });

export function feedStore(table: Table): FeedStore {
  const get = (channelId: string, entryId: string) => table.get<Entry>(keyOf(channelId, entryId));
  return {
    get,
    async add(entry) {
      try {
        await table.write(insert(rowOf(entry)));
        return entry;
      } catch (error) {
        const standing = error instanceof Conflict ? await get(entry.channelId, entry.id) : undefined;
        if (!standing) throw error;
        return standing;
      }
    },
    async takeDown({ id, channelId, postId, workspaceId, images, publishedAt, version }, goneAt) {
      const stone: Entry = {
        id,
        channelId,
        postId,
        workspaceId,
        publishedAt,
        goneAt,
        caption: "",
        hashtags: [],
        images: images.map(({ path, width, height }) => ({ path, width, height, alt: "", thumbhash: "" })),
        version: version + 1,
      };
      await table.write({ put: rowOf(stone) });
    },
    list: (channelId, page) =>
      table.page<Entry>({ pk: partition(channelId), ...page, filter: { expression: "attribute_not_exists(goneAt)" } }),
    async channelBySlug(slug) {
      const found = await table.get<{ channelId: string; workspaceId: string }>(slugKey(slug));
      return found && table.get<Channel>({ pk: `workspace/${found.workspaceId}/channels`, sk: found.channelId });
    },
  };
}
