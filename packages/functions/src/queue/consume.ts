import { type Context, processClock } from "@atelier/core/kernel";
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { logger } from "../log.ts";

/** News of a row as EventBridge delivers it. */
export const News = z.object({
  "detail-type": z.string(),
  detail: z.object({
    id: z.string(),
    correlationId: z.string(),
    workspaceId: z.string(),
    subject: z.string(),
    version: z.int(),
    data: z.record(z.string(), z.unknown()).optional(),
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

type Handled = { correlationId: string };

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
  schema: z.ZodType<T>,
  handle: (message: T) => Promise<Handled>,
  /** `timely`: what the messages are about has its time, and must not be early. */
  { timely = false } = {},
) {
  const processor = new BatchProcessor(EventType.SQS);
  const each = async (record: SQSRecord): Promise<void> => {
    const started = performance.now();
    let correlationId: string | undefined;
    try {
      if (timely) assertNotAhead(record);
      ({ correlationId } = await handle(schema.parse(JSON.parse(record.body))));
      logger.info(name, { correlationId, messageId: record.messageId, ms: Math.round(performance.now() - started) });
    } catch (error) {
      logger.error(`${name} failed`, {
        messageId: record.messageId,
        receives: record.attributes.ApproximateReceiveCount,
        error: error as Error,
      });
      throw error;
    }
  };
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    processPartialResponse(event, each, processor, { throwOnFullBatchFailure: false }) as Promise<SQSBatchResponse>;
}
