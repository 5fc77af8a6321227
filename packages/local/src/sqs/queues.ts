import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { transaction } from "../database.ts";
import { invalidParameter, noSuchQueue, sqsError } from "./errors.ts";
import { makeLongPolls } from "./long-polls.ts";
import { checkBody, type MessageAttributes, maxMessageBytes, md5Hex, type SqsMessage, sizeOf } from "./message.ts";
import { makeRetention } from "./retention.ts";
import type { DepthRow, MessageRow, SqsStore } from "./store.ts";

/** Where a message goes once it has been received `maxReceiveCount` times without being deleted. */
export type Redrive = { deadLetterQueue: string; maxReceiveCount: number };

/** A standard queue. Ranges are AWS's: visibility 0–43,200 s, delay 0–900 s, retention 60–1,209,600 s, wait 0–20 s. */
export type QueueSettings = {
  name: string;
  visibilityTimeoutSeconds: number;
  delaySeconds?: number;
  retentionSeconds: number;
  receiveWaitSeconds?: number;
  redrive?: Redrive;
};

export type Queue = QueueSettings & { createdAt: number; modifiedAt: number };
export type QueueDepth = { name: string; visible: number; inFlight: number; delayed: number; deadLetterOf?: string[] };
export type SendOptions = { delaySeconds?: number; attributes?: MessageAttributes; groupId?: string; traceHeader?: string };
export type ReceiveOptions = { max: number; waitMs: number; visibilitySeconds?: number; signal?: AbortSignal };

export const maxVisibilitySeconds = 43_200;
export const maxDelaySeconds = 900;

export type Queues = ReturnType<typeof makeQueues>;

/** What queues do, whoever asks: the wire's actions and the other parts of the embedded cloud. Errors are AWS's (`AwsError`). */
export function makeQueues({ store, clock, region, account }: { store: SqsStore; clock: Clock; region: string; account: string }) {
  const { messages } = store;
  const queues = new Map<string, Queue>();
  for (const row of store.queues.all())
    queues.set(row.name, { ...JSON.parse(row.settings), name: row.name, createdAt: row.created_at, modifiedAt: row.modified_at });
  const polls = makeLongPolls(clock, messages.nextDue);

  const arnOf = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;
  const retention = makeRetention(messages, clock);

  function find(name: string): Queue {
    const queue = queues.get(name);
    if (!queue) throw noSuchQueue();
    return queue;
  }

  function define(settings: QueueSettings): void {
    checkSettings(settings);
    const known = queues.get(settings.name);
    const now = clock.now();
    const queue: Queue = { ...settings, createdAt: known?.createdAt ?? now, modifiedAt: now };
    const { name, createdAt, modifiedAt, ...kept } = queue;
    store.queues.put({ name, settings: JSON.stringify(kept), created_at: createdAt, modified_at: modifiedAt });
    queues.set(name, queue);
    retention.reset(name);
  }

  function send(name: string, body: string, { delaySeconds, attributes = {}, groupId, traceHeader }: SendOptions = {}): string {
    const queue = find(name);
    checkBody(body);
    if (sizeOf(body, attributes) > maxMessageBytes)
      throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`);
    const delay = delaySeconds ?? queue.delaySeconds ?? 0;
    if (!Number.isInteger(delay) || delay < 0 || delay > maxDelaySeconds)
      throw invalidParameter(`Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`);
    const now = clock.now();
    const id = randomUUID();
    messages.insert({
      queue: name,
      id,
      body,
      attributes: JSON.stringify(attributes),
      group_id: groupId ?? null,
      trace: traceHeader ?? null,
      sent_at: now,
      visible_at: now + delay * 1000,
    });
    retention.added(name, now);
    polls.wake(name);
    return id;
  }

  /** Takes what is visible now. Messages that were received too often go to the dead-letter queue instead, as on AWS. */
  function take(queue: Queue, max: number, visibilitySeconds: number): SqsMessage[] {
    const now = clock.now();
    return transaction(store.database, () => {
      retention.expire(queue);
      for (;;) {
        const rows = messages.visible(queue.name, now, max);
        if (!bury(queue, rows, now)) return rows.map((row) => hold(row, now, visibilitySeconds));
      }
    });
  }

  /** Moves the spent rows; true if there were any, so that others have come to the front. A lost dead-letter queue loses no message. */
  function bury({ name, redrive }: Queue, rows: MessageRow[], now: number): boolean {
    if (!redrive || !queues.has(redrive.deadLetterQueue)) return false;
    const spent = rows.filter((row) => row.receive_count >= redrive.maxReceiveCount);
    for (const row of spent) messages.bury(row.seq, name, redrive.deadLetterQueue, now);
    if (spent.length === 0) return false;
    retention.reset(redrive.deadLetterQueue);
    polls.wake(redrive.deadLetterQueue);
    return true;
  }

  function hold(row: MessageRow, now: number, visibilitySeconds: number): SqsMessage {
    const receipt = randomUUID();
    messages.hold(row.seq, receipt, now, now + visibilitySeconds * 1000);
    return toMessage({ ...row, receipt, receive_count: row.receive_count + 1, first_received_at: row.first_received_at ?? now });
  }

  function toMessage(row: MessageRow): SqsMessage {
    return {
      messageId: row.id,
      receiptHandle: row.receipt ? makeHandle(row.seq, row.receipt) : "",
      body: row.body,
      md5OfBody: md5Hex(row.body),
      attributes: {
        ApproximateReceiveCount: String(row.receive_count),
        SentTimestamp: String(row.sent_at),
        ApproximateFirstReceiveTimestamp: String(row.first_received_at ?? ""),
        SenderId: account,
        ...(row.group_id !== null && { MessageGroupId: row.group_id }),
        ...(row.trace !== null && { AWSTraceHeader: row.trace }),
        ...(row.dead_letter_source !== null && { DeadLetterQueueSourceArn: arnOf(row.dead_letter_source) }),
      },
      messageAttributes: JSON.parse(row.attributes),
    };
  }

  async function receive(name: string, { max, waitMs, visibilitySeconds, signal }: ReceiveOptions): Promise<SqsMessage[]> {
    find(name);
    // The queue is looked up at each try: its settings may have changed during the wait.
    const attempt = () => {
      const queue = find(name);
      return take(queue, max, visibilitySeconds ?? queue.visibilityTimeoutSeconds);
    };
    if (signal?.aborted) return [];
    const found = attempt();
    return found.length > 0 || waitMs <= 0 ? found : polls.wait(name, attempt, waitMs, signal);
  }

  /** A stale handle succeeds without effect, as on AWS: the message is somebody else's by now. */
  function remove(name: string, receiptHandle: string): void {
    find(name);
    const { seq, receipt } = readHandle(receiptHandle);
    messages.remove(seq, name, receipt);
  }

  function changeVisibility(name: string, receiptHandle: string, visibilitySeconds: number): void {
    find(name);
    const { seq, receipt } = readHandle(receiptHandle);
    const row = messages.bySeq(seq, name);
    if (row?.receipt !== receipt)
      throw invalidParameter(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    const now = clock.now();
    if (row.visible_at <= now) throw sqsError("MessageNotInflight", "The specified message isn't in flight.");
    const visibleAt = now + visibilitySeconds * 1000;
    if (visibleAt > (row.received_at ?? now) + maxVisibilitySeconds * 1000)
      throw invalidParameter(`Total VisibilityTimeout for the message is beyond the limit [${maxVisibilitySeconds} seconds].`);
    messages.show(seq, visibleAt);
    polls.wake(name);
  }

  /** `max` −1: all that waits; `until`: only what has waited since then. */
  function redrive(deadLetterQueue: string, destination?: string, { max = -1, until = clock.now() } = {}): number {
    retention.expire(find(deadLetterQueue));
    const moved = messages.redrive(deadLetterQueue, destination, { now: clock.now(), until, max });
    for (const name of queues.keys()) {
      retention.reset(name);
      polls.wake(name);
    }
    return moved;
  }

  const sourcesOf = (name: string): string[] =>
    [...queues.values()].filter((queue) => queue.redrive?.deadLetterQueue === name).map((queue) => queue.name);

  function toDepth(name: string, row: DepthRow | undefined): QueueDepth {
    const deadLetterOf = sourcesOf(name);
    const depth = { name, visible: row?.visible ?? 0, inFlight: row?.in_flight ?? 0, delayed: row?.delayed ?? 0 };
    return deadLetterOf.length > 0 ? { ...depth, deadLetterOf } : depth;
  }

  /** How many messages wait in a queue, and did at `until`. */
  function waiting(name: string, until: number): number {
    retention.expire(find(name));
    return messages.waiting(name, until);
  }

  function depths(): QueueDepth[] {
    for (const queue of queues.values()) retention.expire(queue);
    const rows = new Map(messages.depths(clock.now()).map((row) => [row.queue, row]));
    return [...queues.keys()].sort().map((name) => toDepth(name, rows.get(name)));
  }

  function depth(name: string): QueueDepth {
    retention.expire(find(name));
    return toDepth(name, messages.depth(name, clock.now()));
  }

  function peek(name: string, max: number): SqsMessage[] {
    retention.expire(find(name));
    return messages.oldest(name, max).map(toMessage);
  }

  return {
    arnOf,
    find,
    has: (name: string) => queues.has(name),
    names: () => [...queues.keys()].sort(),
    define,
    send,
    receive,
    remove,
    changeVisibility,
    redrive,
    sourcesOf,
    depths,
    depth,
    waiting,
    peek,
    purge: (name: string) => void messages.purge(find(name).name),
    close: polls.close,
  };
}

function checkSettings({ name, redrive, ...settings }: QueueSettings): void {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) throw invalidParameter(`“${name}” is not a name of a standard queue.`);
  const within = (label: string, value: number, from: number, to: number) => {
    if (!Number.isInteger(value) || value < from || value > to)
      throw sqsError("InvalidAttributeValue", `Queue ${name}: ${label} must be a whole number from ${from} to ${to}.`);
  };
  within("visibilityTimeoutSeconds", settings.visibilityTimeoutSeconds, 0, maxVisibilitySeconds);
  within("delaySeconds", settings.delaySeconds ?? 0, 0, maxDelaySeconds);
  within("retentionSeconds", settings.retentionSeconds, 60, 1_209_600);
  within("receiveWaitSeconds", settings.receiveWaitSeconds ?? 0, 0, 20);
  if (redrive) within("maxReceiveCount", redrive.maxReceiveCount, 1, 1000);
}

const makeHandle = (seq: number, receipt: string): string => Buffer.from(`${seq}:${receipt}`).toString("base64url");

function readHandle(handle: string): { seq: number; receipt: string } {
  const m = /^(\d+):([\w-]{36})$/.exec(Buffer.from(handle, "base64url").toString());
  if (!m?.[1] || !m[2])
    throw sqsError("ReceiptHandleIsInvalid", `The input receipt handle “${handle}” is not a valid receipt handle.`, 404);
  return { seq: Number(m[1]), receipt: m[2] };
}
