import { processClock } from "@atelier/core/kernel";
import { feedNetwork, feedStore, type Networks, type PostStore, postStore } from "@atelier/core/publishing";
import { media, once, table } from "../../clients.ts";
import { required } from "../../env.ts";

export const posts = once((): { posts: PostStore } => ({ posts: postStore(table()) }));

export const networks = once(
  (): Networks => ({
    feed: feedNetwork({ entries: feedStore(table()), media: media(), publicUrl: required("PUBLIC_URL"), clock: processClock }),
  }),
);
