import { type PostStore, postStore } from "@atelier/core/publishing";
import { once, table } from "../../clients.ts";

export const posts = once((): { posts: PostStore } => ({ posts: postStore(table()) }));
