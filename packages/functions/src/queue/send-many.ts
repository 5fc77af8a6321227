import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { sqs } from "../clients.ts";
import { logger } from "../log.ts";

/** SQS takes ten messages at once. */
const batchSize = 10;

export type Outgoing = { body: unknown; delaySeconds?: number };

/** Sends a message for each, ten at a time, and answers with those that were taken. What was not is still where it was found: the next minute finds it again. */
export async function sendMany<T>(QueueUrl: string, all: readonly T[], messageOf: (one: T) => Outgoing): Promise<T[]> {
  const taken: T[] = [];
  for (let at = 0; at < all.length; at += batchSize) {
    const batch = all.slice(at, at + batchSize);
    const Entries = batch.map(messageOf).map(({ body, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(body),
      ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    }));
    const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) logger.error("messages were not taken", { count: Failed.length, first: Failed[0]?.Code });
    const lost = new Set(Failed.map(({ Id }) => Id));
    taken.push(...batch.filter((_, index) => !lost.has(String(index))));
  }
  return taken;
}
