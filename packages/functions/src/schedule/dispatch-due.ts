import { jobStore, lookAfter } from "@atelier/core/generation";
import { newId, processClock } from "@atelier/core/kernel";
import { dispatchTrash, imageStore } from "@atelier/core/library";
import { dispatchPlans, planStore } from "@atelier/core/plans";
import { type DuePost, delayUntil, dispatchDue, type PublishMessage, postStore } from "@atelier/core/publishing";
import { table } from "../clients.ts";
import { required } from "../env.ts";
import { logger } from "../log.ts";
import { workerContext } from "../queue/consume.ts";
import { laterPlans } from "../queue/plan-later.ts";
import { later } from "../queue/render-later.ts";
import { sendMany } from "../queue/send-many.ts";
import { emptyLater } from "../queue/trash-later.ts";
import { eachByItself } from "./each-by-itself.ts";

async function send(due: DuePost[], kind: PublishMessage["kind"], now: number): Promise<void> {
  await sendMany(required("PUBLISH_QUEUE_URL"), due, ({ workspaceId, id, version, dueAt }) => {
    const body: PublishMessage = { kind, workspaceId, id, version, dueAt };
    return { body, delaySeconds: delayUntil(dueAt, now) };
  });
}

/** Runs every minute. */
export async function handler(): Promise<void> {
  const correlationId = newId("req", processClock.now());
  const ctx = workerContext("", correlationId);
  const sent = await eachByItself({
    posts: () => dispatchDue(ctx, { posts: postStore(table()), send }),
    generations: () => lookAfter(ctx, { jobs: jobStore(table()), later }),
    plans: () => dispatchPlans(ctx, { plans: planStore(table()), send: laterPlans }),
    trash: () => dispatchTrash(ctx, { images: imageStore(table()), send: emptyLater }),
  });
  if (sent > 0) logger.info("dispatch due", { correlationId, sent });
}
