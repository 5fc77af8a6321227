import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DynamoDb, startDynamoDb } from "./dynoxide.ts";

const region = "eu-west-1";
let folder: string;
let dynamodb: DynamoDb;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dynamodb-"));
  dynamodb = await startDynamoDb(folder, region);
});
afterEach(async () => {
  await dynamodb.close();
  rmSync(folder, { recursive: true, force: true });
});

const key = { AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }], KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] };
const properties = { BillingMode: "PAY_PER_REQUEST", ...key };
const stream = { StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" } };

/** Reads the file beside the server. */
function ask<T>(question: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(folder, "dynamodb.sqlite"), { readOnly: true });
  try {
    return question(database);
  } finally {
    database.close();
  }
}
const records = (): number => ask((database) => Number(database.prepare("SELECT count(*) AS count FROM _stream_records").get()?.count));

/** The sequence number of the so-many-th record of all. */
const sequenceOf = (nth: number): number =>
  ask((database) => Number(database.prepare("SELECT sequence_number FROM _stream_records WHERE id = ?").get(nth)?.sequence_number));

async function write(rows: number): Promise<void> {
  for (let at = 0; at < rows; at += 25) {
    const requests = Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { pk: { S: `row-${at + n}` } } } }));
    await dynamodb.call("DynamoDB_20120810.BatchWriteItem", { RequestItems: { Rows: requests } });
  }
}

test("the newest record of a stream is found by an index, however long the stream is", async () => {
  await dynamodb.defineTable("Rows", { ...properties, ...stream });
  const plan = ask((database) =>
    database
      .prepare("EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?")
      .all("Rows")
      .map(({ detail }) => String(detail)),
  );
  expect(plan).toEqual([expect.stringContaining("USING COVERING INDEX atelier_stream_newest")]);
});

test("a start forgets what was read of a stream long ago, nothing that was not read, and no row", async () => {
  await dynamodb.defineTable("Rows", { ...properties, ...stream });
  await write(5_200);
  expect(records()).toBe(5_200);
  await dynamodb.close();
  dynamodb = await startDynamoDb(folder, region);
  expect(records()).toBe(5_200);
  await dynamodb.close();
  dynamodb = await startDynamoDb(folder, region, sequenceOf(50));
  expect(records()).toBe(5_150);
  await dynamodb.close();
  dynamodb = await startDynamoDb(folder, region, sequenceOf(5_100));
  expect(records()).toBe(5_000);
  const counted = await dynamodb.call<{ Count: number }>("DynamoDB_20120810.Scan", { TableName: "Rows", Select: "COUNT" });
  expect(counted.Count).toBe(5_200);
});

test("a table that had no stream gets one when the stacks want it, and keeps its rows", async () => {
  await dynamodb.defineTable("Rows", properties);
  await write(25);
  await dynamodb.defineTable("Rows", { ...properties, ...stream });
  await dynamodb.defineTable("Rows", { ...properties, ...stream });
  await dynamodb.call("DynamoDB_20120810.PutItem", { TableName: "Rows", Item: { pk: { S: "after" } } });
  expect(records()).toBe(1);
  const { Streams } = await dynamodb.call<{ Streams: unknown[] }>("DynamoDBStreams_20120810.ListStreams", { TableName: "Rows" });
  expect(Streams).toHaveLength(1);
});
