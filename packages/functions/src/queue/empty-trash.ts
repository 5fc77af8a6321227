import { imageStore, purge } from "@atelier/core/library";
import * as z from "zod/mini";
import { media, once, table } from "../clients.ts";
import { consumer, workerContext } from "./consume.ts";

const deps = once(() => ({ images: imageStore(table()), media: media() }));

const Due = z.object({ kind: z.literal("trash"), workspaceId: z.string(), id: z.string() });

/** The time of a deleted image is over. */
export const handler = consumer("empty trash", Due, async ({ workspaceId, id }, note) => {
  const did = await purge(workerContext(workspaceId, id), deps(), { workspaceId, id });
  note({ correlationId: id, state: did ? "done" : "nothing to do" });
});
