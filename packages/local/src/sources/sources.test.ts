import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { openDatabase } from "../database.ts";
import { type DynamoDb, startDynamoDb } from "../dynamodb/dynoxide.ts";
import { createRunner, type Runner } from "../functions/runner.ts";
import { createSqs, type Sqs } from "../sqs/index.ts";
import type { MappingProperties } from "../template/read.ts";
import { queueSource, type Source } from "./queue-source.ts";
import { positionsSchema, streamSource } from "./stream-source.ts";

const region = "eu-west-1";
const entry = fileURLToPath(new URL("fixtures/handler.ts", import.meta.url));
const clock = makeClock();
let folder: string;
let seen: string;
let runner: Runner;
let sqs: Sqs;
let sources: Source[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sources-"));
  seen = join(folder, "seen");
  runner = createRunner({
    functions: [{ name: "Taker", entry, environment: { SEEN: seen }, timeoutSeconds: 20, concurrency: 1 }],
    clock,
    maxProcesses: 1,
    log: () => undefined,
  });
  sqs = createSqs({ file: ":memory:", region, account: "000000000000", clock, credentials: () => undefined });
  sources = [];
});
afterEach(async () => {
  for (const source of sources) await source.close();
  await runner.close();
  sqs.close();
  clock.turnTo(0);
  rmSync(folder, { recursive: true, force: true });
});

const taken = (): string[] => (existsSync(seen) ? readFileSync(seen, "utf8").trim().split("\n") : []);
const depth = (name: string) => sqs.depths().find((queue) => queue.name === name);

describe("a queue's consumer", () => {
  const mapping: MappingProperties = {
    BatchSize: 10,
    EventSourceArn: `arn:aws:sqs:${region}:000000000000:Work`,
    FunctionName: "Taker",
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  };
  beforeEach(() => {
    sqs.defineQueue({ name: "Dead", visibilityTimeoutSeconds: 30, retentionSeconds: 1_209_600 });
    sqs.defineQueue({
      name: "Work",
      visibilityTimeoutSeconds: 60,
      retentionSeconds: 345_600,
      redrive: { deadLetterQueue: "Dead", maxReceiveCount: 2 },
    });
  });

  test("has what it took deleted, keeps what it reports hidden, and gives it up after its receives", async () => {
    for (const body of ["one", "bad two", "three"]) sqs.send("Work", body);
    sources.push(queueSource(mapping, sqs, runner, region, () => undefined));
    await expect.poll(() => depth("Work"), { timeout: 10_000 }).toMatchObject({ visible: 0, inFlight: 1 });
    expect(taken()).toEqual(["one", "bad two", "three"]);
    clock.turnTo(61_000);
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["one", "bad two", "three", "bad two"]);
    clock.turnTo(122_000);
    await expect.poll(() => depth("Dead")?.visible, { timeout: 10_000 }).toBe(1);
  });

  test("that crashes leaves its whole batch to be tried again", async () => {
    for (const body of ["one", "crash"]) sqs.send("Work", body);
    sources.push(queueSource(mapping, sqs, runner, region, () => undefined));
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["one", "crash"]);
    await expect.poll(() => runner.processes(), { timeout: 10_000 }).toEqual([]);
    expect(depth("Work")).toMatchObject({ visible: 0, inFlight: 2 });
    clock.turnTo(61_000);
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["one", "crash", "one", "crash"]);
  });
});

describe("a stream's consumer", () => {
  let dynamodb: DynamoDb;
  const table = {
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  };
  const mapping: MappingProperties = {
    BatchSize: 2,
    EventSourceArn: `arn:aws:dynamodb:${region}:000000000000:table/Rows/stream/local`,
    FunctionName: "Taker",
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumRetryAttempts: 1,
    BisectBatchOnFunctionError: true,
    DestinationConfig: { OnFailure: { Destination: `arn:aws:sqs:${region}:000000000000:Failures` } },
    FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"event":{"S":[{"exists":true}]}}}}' }] },
  };
  const put = (sk: string, more: Record<string, unknown> = { event: { S: "x" } }) =>
    dynamodb.call("DynamoDB_20120810.PutItem", { TableName: "Rows", Item: { pk: { S: "p" }, sk: { S: sk }, ...more } });
  const start = () => {
    const positions = openDatabase(join(folder, "positions.sqlite"), [positionsSchema]);
    const source = streamSource("Mapping", mapping, "Rows", {
      dynamodb,
      runner,
      positions,
      giveUp: (queue, body) => void sqs.send(queue, body),
      say: () => undefined,
    });
    return {
      async close() {
        await source.close();
        positions.close();
      },
    };
  };
  beforeEach(async () => {
    dynamodb = await startDynamoDb(folder, region);
    await dynamodb.defineTable("Rows", table);
    sqs.defineQueue({ name: "Failures", visibilityTimeoutSeconds: 30, retentionSeconds: 1_209_600 });
  });
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close();
    await dynamodb.close();
  });

  test("gets what passes its filter, in order, and goes on there after a restart", async () => {
    for (const sk of ["1", "2", "3"]) await put(sk);
    await put("quiet", {});
    const first = start();
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["1", "2", "3"]);
    await first.close();
    await put("4");
    sources.push(start());
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["1", "2", "3", "4"]);
  });

  test("hears nothing of a write that changed nothing", async () => {
    await put("1");
    await put("1");
    await put("1", { event: { S: "y" } });
    await put("2");
    sources.push(start());
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["1", "1", "2"]);
  });

  test("is given a record it cannot take again, then goes on without it, and it lies at the failure destination", async () => {
    for (const sk of ["1", "bad", "3"]) await put(sk);
    sources.push(start());
    await expect.poll(taken, { timeout: 10_000 }).toEqual(["1", "bad", "bad", "3"]);
    const [message] = sqs.peek("Failures", 10);
    expect(JSON.parse(message?.body ?? "{}")).toMatchObject({ records: [{ dynamodb: { Keys: { sk: { S: "bad" } } } }] });
    expect(sqs.peek("Failures", 10)).toHaveLength(1);
  });
});
