import type { Context, Page, RowEvent, Write } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import type { Post, PostState } from "./post.ts";

export type PostRef = { workspaceId: string; id: string };

/** A post that is due, as the index tells it; `version` is what a message carries and a claim insists on. */
export type DuePost = PostRef & { version: number; dueAt: number };

/** Port of posts and channels. Writes are conditional on the version before and throw `Conflict`. */
export type PostStore = {
  create(ctx: Context, post: Post, event: RowEvent): Promise<void>;
  /** `relink`: the images may be others than before. */
  save(post: Post, more?: { event?: RowEvent; beside?: Write[]; relink?: boolean }): Promise<void>;
  get(ref: PostRef): Promise<Post | undefined>;
  list(workspaceId: string, query: { state?: PostState; limit: number; cursor?: string }): Promise<Page<Post>>;
  /** Posts that show an image. */
  showing(workspaceId: string, imageId: string): Promise<PostRef[]>;
  /**
   * Takes a due post for publishing: from `scheduled` at exactly `version`, or from `publishing` at `version` once its lease is over.
   * One call, so that a late, repeated or outdated message costs nothing more. Undefined if it is not to be had.
   */
  claim(due: PostRef & { version: number }, from: "scheduled" | "publishing", now: number, leaseUntil: number): Promise<Post | undefined>;
  /** All of the images and channels in one call. */
  parts(
    workspaceId: string,
    imageIds: readonly string[],
    channelIds: readonly string[],
  ): Promise<{ images: Map<string, Image>; channels: Map<string, Channel> }>;
  /** Oldest first, of one shard. */
  due(shard: number, until: number, limit: number): Promise<DuePost[]>;
  /** Posts whose deliveries go on once the lease of the last worker is over; `dueAt` is that moment. Oldest first. */
  unfinished(until: number, limit: number): Promise<DuePost[]>;

  createChannel(ctx: Context, channel: Channel): Promise<void>;
  saveChannel(channel: Channel): Promise<void>;
  getChannel(workspaceId: string, id: string): Promise<Channel | undefined>;
  listChannels(workspaceId: string, page: { limit: number; cursor?: string }): Promise<Page<Channel>>;
};

export const dueShards = 4;
