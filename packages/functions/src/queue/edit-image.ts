import { imageStore } from "@atelier/core/library";
import { giveUpEdit, makeEdit } from "@atelier/core/media";
import * as z from "zod/mini";
import { media, once, table } from "../clients.ts";
import { consumer, News, workerContext } from "./consume.ts";

const deps = once(() => ({ images: imageStore(table()), media: media() }));

const OfImage = z.object({ imageId: z.string() });
const refOf = ({ detail: { workspaceId, subject, data } }: News) => ({ workspaceId, id: subject, imageId: OfImage.parse(data).imageId });

/** Somebody has asked for an edit. */
export const handler = consumer(
  "edit image",
  News,
  async (news, note) => {
    const { workspaceId, correlationId } = news.detail;
    const made = await makeEdit(workerContext(workspaceId, correlationId), deps(), refOf(news));
    note({ state: made?.state });
  },
  {
    giveUp: async (news) => void (await giveUpEdit(workerContext(news.detail.workspaceId, news.detail.correlationId), deps(), refOf(news))),
  },
);
