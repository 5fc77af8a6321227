import { sqsError } from "./errors.ts";
import { maxMessageBytes } from "./message.ts";
import type { Queues } from "./queues.ts";

/** `GetQueueAttributes`: those asked for by name, or `All`; throws InvalidAttributeName for a name that SQS does not have. */
export function attributesOf(queues: Queues, name: string, wanted: string[]): Record<string, string> {
  const queue = queues.find(name);
  const depth = queues.depth(name);
  const { redrive } = queue;
  const all: Record<string, string | undefined> = {
    QueueArn: queues.arnOf(name),
    ApproximateNumberOfMessages: String(depth.visible),
    ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
    ApproximateNumberOfMessagesDelayed: String(depth.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MaximumMessageSize: String(maxMessageBytes),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    DelaySeconds: String(queue.delaySeconds ?? 0),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds ?? 0),
    RedrivePolicy:
      redrive && JSON.stringify({ deadLetterTargetArn: queues.arnOf(redrive.deadLetterQueue), maxReceiveCount: redrive.maxReceiveCount }),
  };
  const unknown = wanted.find((attribute) => attribute !== "All" && !Object.hasOwn(all, attribute));
  if (unknown !== undefined) throw sqsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  const names = wanted.includes("All") ? Object.keys(all) : wanted;
  return Object.fromEntries(names.flatMap((attribute) => (all[attribute] === undefined ? [] : [[attribute, all[attribute]]])));
}
