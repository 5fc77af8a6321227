import { jobStore, lookAfter } from "@atelier/core/generation";
import { newId, processClock } from "@atelier/core/kernel";
import { dispatchTrash, imageStore } from "@atelier/core/library";
import { dispatchPlans, planStore } from "@atelier/core/plans";
import { type DuePost, delayUntil, dispatchDue, type PublishMessage, postStore } from "@atelier/core/publishing";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { sqs, table } from "../clients.ts";
import { required } from "../env.ts";
import { logger } from "../log.ts";
import { workerContext } from "../queue/consume.ts";
import { laterPlan } from "../queue/plan-later.ts";
import { later } from "../queue/render-later.ts";
import { emptyLater } from "../queue/trash-later.ts";

/** SQS takes ten messages at once. */
const batchSize = 10;

async function send(due: DuePost[], kind: PublishMessage["kind"], now: number): Promise<void> {
  for (let at = 0; at < due.length; at += batchSize) {
    const Entries = due.slice(at, at + batchSize).map(({ workspaceId, id, version, dueAt }, index) => {
      const message: PublishMessage = { kind, workspaceId, id, version, dueAt };
      return { Id: String(index), MessageBody: JSON.stringify(message), DelaySeconds: delayUntil(dueAt, now) };
    });
    const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl: required("PUBLISH_QUEUE_URL"), Entries }));
    // They are still in the index: the next minute finds them again.
    if (Failed.length > 0) logger.error("messages were not taken", { count: Failed.length, first: Failed[0]?.Code });
  }
}

/** Runs every minute. */
export async function handler(): Promise<void> {
  const correlationId = newId("req", processClock.now());
  const ctx = workerContext("", correlationId);
  const posts = await dispatchDue(ctx, { posts: postStore(table()), send });
  const jobs = await lookAfter(ctx, { jobs: jobStore(table()), later });
  const sent = posts + jobs + (await dispatchPlans(ctx, { plans: planStore(table()), send: laterPlan }));
  const emptied = await dispatchTrash(ctx, { images: imageStore(table()), send: emptyLater });
  if (sent + emptied > 0) logger.info("dispatch due", { correlationId, sent: sent + emptied });
}
