import { derivedIdAt } from "../../kernel/index.ts";
import type { Post } from "../post.ts";

export type EntryImage = { path: string; alt: string; width: number; height: number; thumbhash: string; digitalSourceType?: string };

/** One publication in a gallery. */
export type Entry = {
  id: string;
  channelId: string;
  postId: string;
  workspaceId: string;
  caption: string;
  hashtags: string[];
  images: EntryImage[];
  publishedAt: string;
  /** Set once it has been taken down; of all that was to be seen only the paths of its files are kept then. */
  goneAt?: string;
  version: number;
};

/** The same post in the same channel is the same entry, however often a worker tries. Entries sort by the time they were meant for. */
export const entryIdOf = (post: Pick<Post, "id" | "createdAt" | "scheduledAt">, channelId: string): string =>
  derivedIdAt("ent", Date.parse(post.scheduledAt ?? post.createdAt), post.id, channelId);

export const entryUrn = (entry: Pick<Entry, "id">): string => `urn:atelier:${entry.id}`;

export const publicFolder = (channelId: string, entryId: string): string => `public/${channelId}/${entryId}`;
export const publicPath = (channelId: string, entryId: string, index: number): string =>
  `${publicFolder(channelId, entryId)}/${index + 1}.webp`;

export const pageUrl = (publicUrl: string, slug: string, entryId: string): string => `${publicUrl}/g/${slug}/${entryId}`;
