import { imageStore, markPosted } from "@atelier/core/library";
import { blockShowing, postStore } from "@atelier/core/publishing";
import * as z from "zod/mini";
import { once, table } from "../clients.ts";
import { consumer, News, workerContext } from "./consume.ts";

const deps = once(() => ({ posts: postStore(table()), images: imageStore(table()) }));

const Images = z.object({ imageIds: z.array(z.string()) });

/** Keeps images and posts in step: a withdrawn image blocks what shows it, a published post marks what it showed. */
export const handler = consumer(
  "follow posts",
  News,
  async ({ "detail-type": type, detail: { workspaceId, correlationId, subject, data } }) => {
    const ctx = workerContext(workspaceId, correlationId);
    if (type.startsWith("library.image.")) await blockShowing(ctx, deps(), subject);
    else for (const id of Images.parse(data).imageIds) await markPosted(ctx, deps(), id);
  },
);
