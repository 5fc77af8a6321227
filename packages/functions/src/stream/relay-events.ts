import { eventIn, type Item, type RowEvent } from "@atelier/core/kernel";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { once, quiet, shared } from "../clients.ts";
import { required } from "../env.ts";
import { logger } from "../log.ts";
import { measure } from "../metrics.ts";

const bus = once(() => quiet(new EventBridgeClient(shared)));

/** EventBridge takes ten entries at once. */
const batchSize = 10;

/** Puts the news that rows carry on the bus. What was not taken is reported by sequence number; the stream brings it again, from the first of them. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const news = Records.flatMap((record) => {
    const event = newsIn(record);
    return event ? [{ event, sequenceNumber: record.dynamodb?.SequenceNumber ?? "" }] : [];
  });
  for (let at = 0; at < news.length; at += batchSize) {
    const batch = news.slice(at, at + batchSize);
    const events = batch.map(({ event }) => event);
    const began = performance.now();
    const lost = await put(events);
    tell(events, lost, Math.ceil(performance.now() - began));
    const first = batch.find((_, index) => lost.has(index));
    if (first) return { batchItemFailures: [{ itemIdentifier: first.sequenceNumber }] };
  }
  return { batchItemFailures: [] };
}

/** A line for each event that went on, so that a request can be followed, and how many did not. A worker may have begun before the bus has answered: `ms` tells. */
function tell(events: RowEvent[], lost: ReadonlySet<number>, ms: number): void {
  for (const [index, { correlationId, type, subject, version }] of events.entries())
    if (!lost.has(index)) logger.info("relay", { correlationId, type, subject, version, ms });
  measure({}, { EventsRelayed: events.length - lost.size, ...(lost.size > 0 && { EventsFailed: lost.size }) });
}

/** A row keeps its event until the next one: only a change of it is news. */
function newsIn({ dynamodb: { NewImage = {}, OldImage = {} } = {} }: DynamoDBRecord): RowEvent | undefined {
  const event = eventIn(NewImage as Item);
  return event?.id === eventIn(OldImage as Item)?.id ? undefined : event;
}

/** Which of the events were not taken, by their place. */
async function put(events: RowEvent[]): Promise<Set<number>> {
  const Entries = events.map((event) => ({
    EventBusName: required("EVENT_BUS"),
    Source: "atelier",
    DetailType: event.type,
    Time: new Date(event.at),
    Resources: [event.subject],
    Detail: JSON.stringify(event),
  }));
  try {
    const { Entries: results = [], FailedEntryCount = 0 } = await bus().send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount === 0) return new Set();
    logger.error("events were not taken", { count: FailedEntryCount, first: results.find((result) => result.ErrorCode)?.ErrorCode });
    return new Set(results.flatMap((result, index) => (result.ErrorCode ? [index] : [])));
  } catch (error) {
    logger.error("the bus took nothing", { error: error as Error });
    return new Set(events.keys());
  }
}
