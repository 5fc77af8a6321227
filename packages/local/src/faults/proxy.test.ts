import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clientOf, startSqs } from "../sqs/server.fixture.ts";
import { type Listening, serve } from "../wire/http.ts";
import { type Book, makeBook } from "./book.ts";
import { startProxy } from "./proxy.ts";
import { parseRule } from "./rule.ts";

const closers: (() => unknown)[] = [];
const opened = <T>(thing: T, close: () => unknown): T => {
  closers.unshift(close);
  return thing;
};
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const before = async (service: string, url: string, book: Book): Promise<Listening> => {
  const proxy = await startProxy({ service, url, book, kill: () => undefined });
  return opened(proxy, proxy.close);
};

describe("before SQS", () => {
  let book: Book;
  let client: ReturnType<typeof clientOf>;
  let QueueUrl: string;
  let waiting: () => string[];
  beforeEach(async () => {
    book = makeBook();
    const server = await startSqs(":memory:");
    opened(server, server.stop);
    server.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
    waiting = () => server.sqs.peek("work", 10).map((message) => message.body);
    const proxy = await before("sqs", server.url, book);
    client = opened(clientOf(proxy.url), () => client.destroy());
    QueueUrl = server.queueUrl("work").replace(server.url, proxy.url);
  });
  const order = (more: Record<string, unknown>) => book.add(parseRule({ service: "sqs", ...more }, ["sqs"]));
  const send = (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  test("what no rule is for passes, its signature intact", async () => {
    order({ call: "ReceiveMessage", fault: "error" });
    await send("a");
    expect(waiting()).toEqual(["a"]);
  });

  test.each([
    [{ fault: "throttle" }, "RequestThrottled", []],
    [{ fault: "error", status: 503 }, "ServiceUnavailable", []],
    [{ fault: "error" }, "InternalFailure", []],
    [{ fault: "dropBefore" }, /^(ECONNRESET|EPIPE|TimeoutError)$/, []],
    [{ fault: "dropAfter" }, /^(ECONNRESET|EPIPE|TimeoutError)$/, ["a"]],
    [{ fault: "tornRequest" }, /^(ECONNRESET|EPIPE|TimeoutError)$/, []],
    [{ fault: "tornAnswer" }, /^Error$/, ["a"]],
  ])("%o is what the caller hears and what the service has heard", async (more, name, left) => {
    order({ call: "SendMessage", times: 1, ...more });
    await expect(send("a")).rejects.toHaveProperty("name", expect.stringMatching(name));
    expect(waiting()).toEqual(left);
    await send("b");
    expect(waiting()).toEqual([...left, "b"]);
  });

  test("a duplicate reaches the service as often as ordered", async () => {
    order({ call: "SendMessage", fault: "duplicate", copies: 3, times: 1 });
    await send("a");
    expect(waiting()).toEqual(["a", "a", "a"]);
  });

  test("a call that is held lets the next one by", async () => {
    order({ call: "SendMessage", fault: "reorder", times: 1, ms: 20_000 });
    const first = send("a");
    await expect.poll(() => book.list()[0]?.applied).toBe(1);
    await send("b");
    await first;
    expect(waiting()).toEqual(["b", "a"]);
  });

  test("a call that hangs goes on when its rule is deleted", async () => {
    const { id } = order({ call: "SendMessage", fault: "hang" });
    const first = send("a");
    await expect.poll(() => book.list()[0]?.applied).toBe(1);
    expect(waiting()).toEqual([]);
    book.remove(id);
    await first;
    expect(waiting()).toEqual(["a"]);
  });

  test("a part of a batch is told as not done", async () => {
    order({ call: "SendMessageBatch", fault: "partial", seed: 5 });
    const Entries = ["1", "2", "3", "4"].map((Id) => ({ Id, MessageBody: Id }));
    const { Successful = [], Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Failed.length).toBeGreaterThan(0);
    expect([...Successful, ...Failed].map(({ Id }) => Id).sort()).toEqual(["1", "2", "3", "4"]);
    expect(waiting()).toEqual(["1", "2", "3", "4"]);
  });
});

describe("before other services, in their own words", () => {
  const anything = async () => {
    const server = await serve(async () => ({ status: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body: "{}" }));
    return opened(server, server.close);
  };
  const credentials = { accessKeyId: "A", secretAccessKey: "b" };
  const made = async (service: string, more: Record<string, unknown>) => {
    const book = makeBook();
    book.add(parseRule({ service, ...more }, [service]));
    const { url: endpoint } = await before(service, (await anything()).url, book);
    return { book, settings: { region: "eu-west-1", endpoint, credentials, maxAttempts: 1 } };
  };
  const Item = { pk: { S: "a" }, sk: { S: "b" } };
  const put = new PutItemCommand({ TableName: "T", Item });
  const both = new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: "T", Item } }, { Put: { TableName: "T", Item } }] });

  test("DynamoDB throttles a call, and cancels a transaction with a reason for each item", async () => {
    const { settings } = await made("dynamodb", { fault: "throttle" });
    const client = new DynamoDBClient(settings);
    await expect(client.send(put)).rejects.toHaveProperty("name", "ProvisionedThroughputExceededException");
    await expect(client.send(both)).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: expect.arrayContaining([expect.objectContaining({ Code: "ThrottlingError" }), { Code: "None" }]),
    });
  });

  test("DynamoDB's conflict is with another transaction, and cannot meet a read", async () => {
    const { settings, book } = await made("dynamodb", { fault: "conflict" });
    const client = new DynamoDBClient(settings);
    await expect(client.send(put)).rejects.toHaveProperty("name", "TransactionConflictException");
    await expect(client.send(both)).rejects.toMatchObject({
      CancellationReasons: expect.arrayContaining([expect.objectContaining({ Code: "TransactionConflict" })]),
    });
    const read = await fetch(settings.endpoint, { method: "POST", headers: { "x-amz-target": "DynamoDB_20120810.GetItem" }, body: "{}" });
    expect(read.status).toBe(200);
    expect(book.list()).toMatchObject([{ seen: 2, applied: 2 }]);
  });

  test("S3 asks to slow down, for the one operation that is meant", async () => {
    const book = makeBook();
    book.add(parseRule({ service: "s3", call: "PutObject", fault: "throttle" }, ["s3"]));
    const { url } = await before("s3", (await anything()).url, book);
    const client = new S3Client({ region: "eu-west-1", endpoint: `${url}/s3`, credentials, maxAttempts: 1, forcePathStyle: true });
    const at = { Bucket: "media", Key: "incoming/x" };
    await expect(client.send(new PutObjectCommand({ ...at, Body: "x" }))).rejects.toMatchObject({
      name: "SlowDown",
      $metadata: { httpStatusCode: 503 },
    });
    const { Body } = await client.send(new GetObjectCommand(at));
    expect(await Body?.transformToString()).toBe("{}");
  });

  test("a service that is not AWS answers 429 with Retry-After, and its calls are named by method and path", async () => {
    const { settings, book } = await made("network", { fault: "throttle", call: "POST /v1/statuses", url: "http://127.0.0.1:1" });
    const answer = await fetch(`${settings.endpoint}/v1/statuses?x=1`, { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await fetch(`${settings.endpoint}/v1/statuses`)).status).toBe(200);
    expect(book.list()).toMatchObject([{ seen: 1 }]);
  });
});
