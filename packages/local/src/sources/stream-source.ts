import type { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { DynamoDb } from "../dynamodb/dynoxide.ts";
import { matches, type Pattern } from "../events/pattern.ts";
import type { Runner } from "../functions/runner.ts";
import { nameIn } from "../template/names.ts";
import type { MappingProperties } from "../template/read.ts";
import type { Source } from "./queue-source.ts";

type StreamRecord = {
  eventID: string;
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number; NewImage?: unknown; OldImage?: unknown };
};

export type StreamOptions = {
  dynamodb: DynamoDb;
  runner: Runner;
  /** Keeps how far each mapping has read. */
  positions: DatabaseSync;
  /** Takes what a batch gave up on, as the failure destination's message. */
  giveUp(queue: string, body: string): void;
  /** One line for whoever watches. */
  say(text: string): void;
};

export const positionsSchema = "CREATE TABLE IF NOT EXISTS positions (mapping TEXT PRIMARY KEY, sequence TEXT NOT NULL) STRICT";

/** The sequence number up to which all of these mappings have read; undefined while one of them has read nothing. */
export function readUntil(positions: DatabaseSync, mappings: string[]): number | undefined {
  const select = positions.prepare("SELECT sequence FROM positions WHERE mapping = ?");
  const read = mappings.map((mapping) => select.get(mapping)?.sequence);
  return read.length === 0 || read.includes(undefined) ? undefined : Math.min(...read.map(Number));
}

const recordsAtOnce = 1_000;

/** After news, the next is waited for this long: each batch has a function run, and one run for ten records costs a tenth of ten. */
const togetherMs = 20;

/** dynoxide records also a write that changed nothing; DynamoDB does not. */
const hasNews = ({ dynamodb: { NewImage, OldImage } }: StreamRecord): boolean =>
  NewImage === undefined || !isDeepStrictEqual(NewImage, OldImage);

/** Feeds a table's stream to a function in order: filters, partial failures by sequence number, bounded retries, bisecting, failure destination. */
export function streamSource(
  id: string,
  mapping: MappingProperties,
  table: string,
  { dynamodb, runner, positions, giveUp, say }: StreamOptions,
): Source {
  const partial = mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false;
  const filters = (mapping.FilterCriteria?.Filters ?? []).map((filter) => JSON.parse(filter.Pattern) as Pattern);
  const readPosition = positions.prepare("SELECT sequence FROM positions WHERE mapping = ?");
  const writePosition = positions.prepare(
    "INSERT INTO positions VALUES (?, ?) ON CONFLICT (mapping) DO UPDATE SET sequence = excluded.sequence",
  );
  const stop = new AbortController();
  const reading = read();

  async function read(): Promise<void> {
    let iterator: string | undefined;
    let seen = -1;
    while (!stop.signal.aborted) {
      const version = dynamodb.dataVersion();
      if (iterator !== undefined && version === seen) {
        await dynamodb.written(stop.signal);
        continue;
      }
      try {
        const begun = performance.now();
        iterator ??= await startAt((readPosition.get(id)?.sequence as string | undefined) ?? undefined);
        const page: { Records: StreamRecord[]; NextShardIterator: string } = await dynamodb.call("DynamoDBStreams_20120810.GetRecords", {
          ShardIterator: iterator,
          Limit: recordsAtOnce,
        });
        for (let at = 0; at < page.Records.length && !stop.signal.aborted; at += mapping.BatchSize) {
          const batch = page.Records.slice(at, at + mapping.BatchSize);
          await deliver(
            batch.filter((record) => hasNews(record) && (filters.length === 0 || filters.some((filter) => matches(filter, record)))),
          );
          if (stop.signal.aborted) return;
          const last = batch.at(-1);
          if (last) writePosition.run(id, last.dynamodb.SequenceNumber);
        }
        iterator = page.NextShardIterator;
        if (page.Records.length === 0) seen = version;
        else await pause(Math.max(0, togetherMs - (performance.now() - begun)));
      } catch (error) {
        if (stop.signal.aborted) return;
        console.error(error);
        iterator = undefined;
        await pause(1_000);
      }
    }
  }

  async function startAt(sequence: string | undefined): Promise<string> {
    const { Streams } = await dynamodb.call<{ Streams: { StreamArn: string }[] }>("DynamoDBStreams_20120810.ListStreams", {
      TableName: table,
    });
    const StreamArn = Streams[0]?.StreamArn;
    const { StreamDescription } = await dynamodb.call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      "DynamoDBStreams_20120810.DescribeStream",
      { StreamArn },
    );
    const { ShardIterator } = await dynamodb.call<{ ShardIterator: string }>("DynamoDBStreams_20120810.GetShardIterator", {
      StreamArn,
      ShardId: StreamDescription.Shards[0]?.ShardId,
      ...(sequence ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: sequence } : { ShardIteratorType: "TRIM_HORIZON" }),
    });
    return ShardIterator;
  }

  /** Until all have been taken, or given up after their retries. */
  async function deliver(records: StreamRecord[]): Promise<void> {
    let left = records;
    for (let attempt = 0; left.length > 0 && !stop.signal.aborted; attempt += 1) {
      const taken = await tryOnce(left);
      if (taken > 0) attempt = 0;
      left = left.slice(taken);
      if (left.length === 0) return;
      const [first] = left;
      const oldMs = Date.now() - (first?.dynamodb.ApproximateCreationDateTime ?? 0) * 1_000;
      if (attempt >= (mapping.MaximumRetryAttempts ?? 10_000) || oldMs > (mapping.MaximumRecordAgeInSeconds ?? 604_800) * 1_000) {
        if (mapping.BisectBatchOnFunctionError && left.length > 1) {
          const half = Math.ceil(left.length / 2);
          await deliver(left.slice(0, half));
          return deliver(left.slice(half));
        }
        return abandon(left);
      }
      await pause(Math.min(100 * 2 ** attempt, 10_000));
    }
  }

  /** How many of the records, from the first, were taken. */
  async function tryOnce(records: StreamRecord[]): Promise<number> {
    try {
      const result = (await runner.invoke(mapping.FunctionName, { Records: records })) as {
        batchItemFailures?: { itemIdentifier: string }[];
      } | null;
      const failed = new Set(partial ? (result?.batchItemFailures ?? []).map((entry) => entry.itemIdentifier) : []);
      const first = records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
      if (failed.size > 0 && first < 0) return 0;
      return first < 0 ? records.length : first;
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)} Its ${records.length} record(s) come again.`);
      return 0;
    }
  }

  function abandon(records: StreamRecord[]): void {
    const destination = mapping.DestinationConfig?.OnFailure.Destination;
    const numbers = records.map((record) => record.dynamodb.SequenceNumber);
    if (destination)
      giveUp(
        nameIn(destination),
        JSON.stringify({ requestContext: { condition: "RetryAttemptsExhausted" }, sequenceNumbers: numbers, records }),
      );
  }

  /** Ends early when it is closed. */
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined);

  return {
    async close() {
      stop.abort();
      await reading;
    },
  };
}
