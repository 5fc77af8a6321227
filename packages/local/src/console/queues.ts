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

/** How many dead letters were sent again, and which were not. */
export type Redriven = { redriven: number; kept: { messageId: string; why: string }[] };

/**
 * Sends a queue's dead letters again. To the queue that they come from; what the bus gave up, to the target that it was for; what the relay gave
 * up, to the relay. What fails again stays, and can be seen as before.
 */
export async function redrive(parts: Seen, name: string): Promise<Redriven> {
  const { sqs } = parts;
  let redriven = sqs.redrive(name);
  const refused: { message: SqsMessage; why: string }[] = [];
  // Each is hidden while the others are tried, so none is met twice.
  for (;;) {
    const [message] = await sqs.receive(name, { max: 1, waitMs: 0, visibilitySeconds: 300 });
    if (!message) break;
    try {
      await replay(parts, name, message);
      sqs.remove(name, message.receiptHandle);
      redriven += 1;
    } catch (error) {
      refused.push({ message, why: error instanceof Error ? error.message : String(error) });
    }
  }
  for (const { message } of refused) sqs.changeVisibility(name, message.receiptHandle, 0);
  return { redriven, kept: refused.map(({ message, why }) => ({ messageId: message.messageId, why })) };
}

/** Throws if it was not taken, if it cannot be read, or if nothing tells where it belongs. */
async function replay({ sqs, runner, relayOf }: Seen, queue: string, { body, messageAttributes }: SqsMessage): Promise<void> {
  const target = messageAttributes.TARGET_ARN?.StringValue;
  if (target?.includes(":sqs:")) {
    sqs.send(nameIn(target), body);
    return;
  }
  const name = target ? nameIn(target) : relayOf.get(queue);
  if (name === undefined) throw new Error("Nothing tells where it belongs.");
  const answer = (await runner.invoke(name, target ? JSON.parse(body) : recordsIn(body))) as { batchItemFailures?: unknown[] } | null;
  if ((answer?.batchItemFailures ?? []).length > 0) throw new Error(`${name} refused it.`);
}

/** What the relay was to get. Anybody can send to a queue of dead letters, so it may be something else. */
function recordsIn(body: string): { Records: unknown[] } {
  const { records } = (JSON.parse(body) ?? {}) as { records?: unknown };
  if (!Array.isArray(records)) throw new Error("It holds no records.");
  return { Records: records };
}
