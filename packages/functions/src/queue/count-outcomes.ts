import { imageStore } from "@atelier/core/library";
import { countOutcome, promptStore } from "@atelier/core/prompts";
import { once, table } from "../clients.ts";
import { consumer, News, workerContext } from "./consume.ts";

const deps = once(() => ({ prompts: promptStore(table()), images: imageStore(table()) }));

/** Somebody has reviewed an image that a template made: its version is credited, and an experiment may have found its winner. */
export const handler = consumer("count outcomes", News, async ({ detail: { workspaceId, correlationId, subject } }, note) => {
  const templateId = await countOutcome(workerContext(workspaceId, correlationId), deps(), subject);
  note({ state: templateId === undefined ? "nothing to count" : "counted" });
});
