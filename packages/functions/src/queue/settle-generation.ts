import { jobStore, settle } from "@atelier/core/generation";
import { imageStore, shelfFor } from "@atelier/core/library";
import { once, table } from "../clients.ts";
import { consumer, News, workerContext } from "./consume.ts";
import { measureEnd } from "./generation-figures.ts";

const deps = once(() => ({ jobs: jobStore(table()), library: shelfFor({ images: imageStore(table()) }) }));

/** An image has been examined; uploads belong to no generation. */
export const handler = consumer("settle generation", News, async ({ detail: { workspaceId, correlationId, data } }, note) => {
  const id = data?.generationId;
  if (typeof id !== "string") return;
  const ended = await settle(workerContext(workspaceId, correlationId), deps(), { workspaceId, id });
  note({ subject: id, state: ended?.state });
  if (ended) measureEnd(ended);
});
