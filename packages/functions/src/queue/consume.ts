import { type Context, processClock } from "@atelier/core/kernel";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod/mini";
import { logger } from "../log.ts";
import { type Facts, measure } from "../metrics.ts";

/** News of a row as EventBridge delivers it. */
export const News = z.object({
  "detail-type": z.string(),
  detail: z.object({
    id: z.string(),
    correlationId: z.string(),
    workspaceId: z.string(),
    subject: z.string(),
    version: z.int(),
    data: z.optional(z.record(z.string(), z.unknown())),
  }),
});
export type News = z.infer<typeof News>;

/** A worker acts for the workspace whose news it handles, under the correlation id of the request that began it. */
export const workerContext = (workspaceId: string, correlationId: string): Context => ({
  actor: { kind: "system" },
  role: "owner",
  workspaceId,
  correlationId,
  clock: processClock,
});

/** Adds to the message's log line what a worker has found out, such as the state in which it leaves an object. */
export type Note = (facts: Facts) => void;

/** How often a queue gives a message out, before it lies among the dead letters. @see stacks/messaging.ts */
export const mostReceives = 5;

/** What lies between a queue's clock and a worker's if both are right: transport and a cold start. */
const mostApartMs = 30_000;

/**
 * A worker whose clock is ahead would do early what has its time. The queue's clock tells when it gave the message out for the first time; a message that
 * comes again is later than that by more than any clock can be wrong, since whoever is five minutes off can sign no call.
 */
function assertNotAhead({ attributes }: SQSRecord): void {
  const aheadMs = processClock.now() - Number(attributes.ApproximateFirstReceiveTimestamp);
  if (attributes.ApproximateReceiveCount === "1" && aheadMs > mostApartMs)
    throw new Error(`The clock of this process is ${aheadMs} ms ahead of the queue's: another one shall take it.`);
}

/**
 * Makes a queue's handler: each message alone, failures reported by message id, one log line each. A message that cannot be understood fails until it
 * lies among the dead letters, where it can be seen.
 */
export function consumer<T>(
  name: string,
  schema: z.ZodMiniType<T>,
  handle: (message: T, note: Note) => Promise<void>,
  /**
   * `timely`: what the messages are about has its time, and must not be early. `giveUp`: what is to be written down, so that nobody waits for what does
   * not come. It is done before the last try: one that ends with its process could do nothing after.
   */
  { timely = false, giveUp }: { timely?: boolean; giveUp?: (message: T) => Promise<void> } = {},
) {
  const processor = new BatchProcessor(EventType.SQS);
  const each = async (record: SQSRecord): Promise<void> => {
    const started = performance.now();
    const { messageId, attributes } = record;
    const facts: Facts = {};
    const note: Note = (more) => void Object.assign(facts, more);
    try {
      if (timely) assertNotAhead(record);
      const body: unknown = JSON.parse(record.body);
      note(origin(body));
      const waitMs = processClock.now() - Number(attributes.SentTimestamp);
      if (attributes.ApproximateReceiveCount === "1" && cameAtOnce(body)) measure({ queue: name }, { QueueWaitMs: Math.max(0, waitMs) });
      const message = schema.parse(body);
      if (Number(attributes.ApproximateReceiveCount) >= mostReceives)
        await giveUp?.(message).catch((error: unknown) =>
          logger.error(`${name} could not be given up`, { ...facts, error: error as Error }),
        );
      await handle(message, note);
      logger.info(name, { ...facts, messageId, ms: Math.round(performance.now() - started) });
    } catch (error) {
      const receives = attributes.ApproximateReceiveCount;
      logger.error(`${name} failed`, { ...facts, messageId, receives, ms: Math.round(performance.now() - started), error: error as Error });
      throw error;
    }
  };
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    processPartialResponse(event, each, processor, { throwOnFullBatchFailure: false }) as Promise<SQSBatchResponse>;
}

type Told = { "detail-type"?: unknown; kind?: unknown; id?: unknown; correlationId?: unknown; detail?: Told; subject?: unknown };

/** What a message says of where it comes from, read before it is understood: the line of one that nobody can take has it too. */
function origin(body: unknown): Facts {
  const { detail, kind, id, correlationId, ...news } = (body ?? {}) as Told;
  const word = (value: unknown) => (typeof value === "string" ? value : undefined);
  if (detail) return { type: word(news["detail-type"]), correlationId: word(detail.correlationId), subject: word(detail.subject) };
  return { type: word(kind), correlationId: word(correlationId), subject: word(id) };
}

/** From the bus or from storage. What workers and the minute's rule send waits on purpose. */
const cameAtOnce = (body: unknown): boolean => typeof body === "object" && body !== null && ("source" in body || "Records" in body);
