import type { Page } from "../../kernel/index.ts";
import type { Channel } from "../channel.ts";
import type { Entry } from "./entry.ts";

/** Port of the public galleries. */
export type FeedStore = {
  /** Puts an entry where there is none yet; the one that stands otherwise. */
  add(entry: Entry): Promise<Entry>;
  get(channelId: string, entryId: string): Promise<Entry | undefined>;
  /** Leaves a stone where the entry was. */
  takeDown(entry: Entry, at: string): Promise<void>;
  /** Newest first. Taken-down entries are left out, so a page can be short. */
  list(channelId: string, page: { limit: number; cursor?: string }): Promise<Page<Entry>>;
  channelBySlug(slug: string): Promise<Channel | undefined>;
};
