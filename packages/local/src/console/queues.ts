import type { Parts } from "../parts.ts";
import type { SqsMessage } from "../sqs/message.ts";
import type { QueueDepth } from "../sqs/queues.ts";
import { nameIn } from "../template/names.ts";

/** A message that was given up. `receives` is how often it was tried, `error` the last one that was written about it. */
export type DeadLetter = { messageId: string; body: string; sentAt: string; receives: number; error?: string };

/** A queue as people look at it. `deadLetterOf` is there for queues of dead letters: empty if no queue feeds it, but the bus or the stream. */
export type QueueView = QueueDepth & {
  deadLetterQueue?: string;
  /** Age of the oldest message, by the product's clock. */
  oldestMs?: number;
  messages?: DeadLetter[];
};

type Seen = Pick<Parts, "sqs" | "runner" | "clock" | "functionLog" | "lastQueues" | "relayOf">;

/** Dead letters of one queue that are shown. */
const shown = 50;

export async function queueViews({ sqs, clock, functionLog, lastQueues }: Seen): Promise<QueueView[]> {
  const depths = sqs.depths().map((queue) => (lastQueues.has(queue.name) ? { ...queue, deadLetterOf: queue.deadLetterOf ?? [] } : queue));
  const dead = new Map(depths.filter((queue) => queue.deadLetterOf).map((queue) => [queue.name, sqs.peek(queue.name, shown)]));
  const errors = await functionLog.errorsOf([...dead.values()].flat().map((message) => message.messageId));
  return depths.map((queue) => {
    const [oldest] = dead.get(queue.name) ?? sqs.peek(queue.name, 1);
    const deadLetterQueue = depths.find(({ deadLetterOf }) => deadLetterOf?.includes(queue.name))?.name;
    const messages = dead.get(queue.name)?.map((message) => letterOf(message, errors));
    return {
      ...queue,
      ...(deadLetterQueue && { deadLetterQueue }),
      ...(oldest && { oldestMs: clock.now() - Number(oldest.attributes.SentTimestamp) }),
      ...(messages && { messages }),
    };
  });
}

function letterOf({ messageId, body, attributes, messageAttributes }: SqsMessage, errors: ReadonlyMap<string, string>): DeadLetter {
  const error = errors.get(messageId) ?? messageAttributes.ERROR_MESSAGE?.StringValue;
  const sentAt = new Date(Number(attributes.SentTimestamp)).toISOString();
  return { messageId, body, sentAt, receives: Number(attributes.ApproximateReceiveCount), ...(error && { error }) };
}

/**
 * Sends a queue's dead letters again; how many. To the queue that they come from; what the bus gave up, to the target that it was for; what the relay gave
 * up, to the relay. What fails again stays.
 */
export async function redrive(parts: Seen, name: string): Promise<number> {
  const { sqs } = parts;
  let sent = sqs.redrive(name);
  const refused: SqsMessage[] = [];
  // Each is hidden while the others are tried, so none is met twice.
  for (;;) {
    const [message] = await sqs.receive(name, { max: 1, waitMs: 0, visibilitySeconds: 300 });
    if (!message) break;
    if (await replayed(parts, name, message)) {
      sqs.remove(name, message.receiptHandle);
      sent += 1;
    } else refused.push(message);
  }
  for (const { receiptHandle } of refused) sqs.changeVisibility(name, receiptHandle, 0);
  return sent;
}

/** False if it was not taken, or if nothing tells where it belongs. */
async function replayed({ sqs, runner, relayOf }: Seen, queue: string, { body, messageAttributes }: SqsMessage): Promise<boolean> {
  const target = messageAttributes.TARGET_ARN?.StringValue;
  if (target?.includes(":sqs:")) {
    sqs.send(nameIn(target), body);
    return true;
  }
  const name = target ? nameIn(target) : relayOf.get(queue);
  if (name === undefined) return false;
  const event = target ? JSON.parse(body) : { Records: (JSON.parse(body) as { records: unknown[] }).records };
  try {
    const answer = (await runner.invoke(name, event)) as { batchItemFailures?: unknown[] } | null;
    return (answer?.batchItemFailures ?? []).length === 0;
  } catch {
    return false;
  }
}
