import { type Clock, instant } from "../../kernel/index.ts";
import { type Image, type MediaStore, paths } from "../../library/index.ts";
import type { Channel } from "../channel.ts";
import type { Network, Publication, PublishOutcome } from "../network.ts";
import type { Post } from "../post.ts";
import { type Entry, entryIdOf, pageUrl, publicPath } from "./entry.ts";
import type { FeedStore } from "./store.ts";

export type FeedDeps = { entries: FeedStore; media: MediaStore; publicUrl: string; clock: Clock };

/** The network that is built in: a workspace's own public gallery. Its entries' ids follow from post and channel, so there is never a second one. */
export function feedNetwork({ entries, media, publicUrl, clock }: FeedDeps): Network {
  const outcome = (entry: Entry, channel: Channel): PublishOutcome => ({
    kind: "published",
    externalId: entry.id,
    url: pageUrl(publicUrl, channel.slug, entry.id),
    publishedAt: entry.publishedAt,
  });

  return {
    async publish({ post, channel, caption, images }: Publication) {
      const id = entryIdOf(post, channel.id);
      // Files first: an entry never shows what is not there.
      await Promise.all(
        images.map(({ workspaceId, id: imageId, file }, index) => {
          // Preflight lets only approved images through, and those have been examined.
          if (!file) throw new Error(`The image ${imageId} has no file.`);
          return media.copy(paths.preview(workspaceId, imageId, file), publicPath(channel.id, id, index));
        }),
      );
      const entry: Entry = {
        id,
        channelId: channel.id,
        postId: post.id,
        workspaceId: post.workspaceId,
        caption,
        hashtags: post.hashtags,
        images: images.map((image, index) => ({
          path: publicPath(channel.id, id, index),
          alt: post.altTexts[image.id] ?? "",
          ...shown(image),
        })),
        publishedAt: instant(clock.now()),
        version: 1,
      };
      return outcome(await entries.add(entry), channel);
    },
    async lookUp({ post, channel }) {
      const entry = await entries.get(channel.id, entryIdOf(post, channel.id));
      return entry ? outcome(entry, channel) : { kind: "absent" };
    },
    async takeDown(post: Post, channel: Channel) {
      const id = entryIdOf(post, channel.id);
      const entry = await entries.get(channel.id, id);
      if (entry && entry.goneAt === undefined) await entries.takeDown(entry, instant(clock.now()));
      // Also of one that is gone, or was never made: whoever was at it may have got as far as the files.
      await Promise.all(post.imageIds.map((_, index) => media.remove(publicPath(channel.id, id, index))));
      return true;
    },
  };
}

/** A preview's longest side in pixels. */
const previewSide = 1280;

function shown({ file }: Image): Pick<Entry["images"][number], "width" | "height" | "thumbhash" | "digitalSourceType"> {
  const { width = 1, height = 1, thumbhash = "", digitalSourceType } = file ?? {};
  const scale = Math.min(1, previewSide / Math.max(width, height));
  return {
    width: Math.round(width * scale),
    height: Math.round(height * scale),
    thumbhash,
    ...(digitalSourceType !== undefined && { digitalSourceType }),
  };
}
