import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { account, region, startSqs } from "./server.fixture.ts";

const day = 86_400;
let local: Awaited<ReturnType<typeof startSqs>>;
let QueueUrl: string;

beforeEach(async () => {
  local = await startSqs(":memory:");
  local.sqs.defineQueue({ name: "dead", visibilityTimeoutSeconds: 30, retentionSeconds: day });
  local.sqs.defineQueue({
    name: "work",
    visibilityTimeoutSeconds: 30,
    retentionSeconds: day,
    redrive: { deadLetterQueue: "dead", maxReceiveCount: 2 },
  });
  QueueUrl = local.queueUrl("work");
});
afterEach(() => local.stop());

const receiveAll = async (name = "work") => {
  const command = new ReceiveMessageCommand({
    QueueUrl: local.queueUrl(name),
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  return (await local.client.send(command)).Messages ?? [];
};

test("a message is received once, with its counts and times, and is gone once deleted", async () => {
  const sent = await local.client.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
  expect(sent.MD5OfMessageBody).toBe("5d41402abc4b2a76b9719d911017c592");
  const [message] = await receiveAll();
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: "hello",
    Attributes: { ApproximateReceiveCount: "1", SenderId: account },
  });
  const at = Number(message?.Attributes?.SentTimestamp);
  expect(Math.abs(Date.now() - at)).toBeLessThan(10_000);
  expect(Number(message?.Attributes?.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(at);
  expect(await receiveAll()).toEqual([]);
  await local.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  local.clock.turnTo(60_000);
  expect(await receiveAll()).toEqual([]);
});

test("any character that XML 1.0 allows comes back as it was sent", async () => {
  const body = 'tab\t line\r\n quote" <&> ümlaut 漢字 😀👩‍👩‍👧 \uE000 \uFFFD \u{10FFFF}';
  await local.client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  expect((await receiveAll())[0]?.Body).toBe(body);
});

test("message attributes of all types come back, with the digest that AWS computes", async () => {
  // Digest from AWS's published algorithm, computed independently over these three attributes.
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "wörd" },
    count: { DataType: "Number.int", StringValue: "42" },
    bytes: { DataType: "Binary", BinaryValue: Buffer.from([0, 255, 7]) },
  };
  const sent = await local.client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
  const [message] = await receiveAll();
  expect(sent.MD5OfMessageAttributes).toBe("f6839d67ed5ca5711f4bc459c6f01481");
  expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  expect(message?.MessageAttributes?.text).toMatchObject(MessageAttributes.text);
  expect(message?.MessageAttributes?.count).toMatchObject(MessageAttributes.count);
  expect(Buffer.from(message?.MessageAttributes?.bytes?.BinaryValue ?? [])).toEqual(Buffer.from([0, 255, 7]));
});

test("only the attributes that a receiver names are given, by name or by prefix", async () => {
  const value = { DataType: "String", StringValue: "v" };
  await local.client.send(
    new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes: { "trace.id": value, "trace.span": value, other: value } }),
  );
  const { Messages } = await local.client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["trace.*"], MessageSystemAttributeNames: ["SenderId"] }),
  );
  expect(Object.keys(Messages?.[0]?.MessageAttributes ?? {}).sort()).toEqual(["trace.id", "trace.span"]);
  expect(Object.keys(Messages?.[0]?.Attributes ?? {})).toEqual(["SenderId"]);
});

test("a message group and a trace header on a standard queue are kept as system attributes", async () => {
  await local.client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: "x",
      MessageGroupId: "tenant-1",
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-2-3" } },
    }),
  );
  expect((await receiveAll())[0]?.Attributes).toMatchObject({ MessageGroupId: "tenant-1", AWSTraceHeader: "Root=1-2-3" });
});

test("in a batch the sound entries are sent and each unsound one is told under its id", async () => {
  const answer = await local.client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "a", MessageBody: "one" },
        { Id: "b", MessageBody: "bad \u0000" },
        { Id: "c", MessageBody: "late", DelaySeconds: 901 },
        { Id: "d", MessageBody: "two" },
      ],
    }),
  );
  expect(answer.Successful?.map((entry) => entry.Id)).toEqual(["a", "d"]);
  expect(answer.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).toEqual([
    ["b", "InvalidMessageContents", true],
    ["c", "InvalidParameterValue", true],
  ]);
  expect((await receiveAll()).map((message) => message.Body)).toEqual(["one", "two"]);
});

test("a batch deletes what it can and reports the rest", async () => {
  await local.client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  const [message] = await receiveAll();
  const answer = await local.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: "good", ReceiptHandle: message?.ReceiptHandle },
        { Id: "bad", ReceiptHandle: "no handle" },
      ],
    }),
  );
  expect(answer.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
  expect(answer.Failed).toMatchObject([{ Id: "bad", Code: "ReceiptHandleIsInvalid" }]);
  expect(local.sqs.depths().find((depth) => depth.name === "work")).toMatchObject({ visible: 0, inFlight: 0 });
});

test("visibility 0 gives a message back at once, and its old receipt handle no longer deletes it", async () => {
  local.sqs.send("work", "again");
  const [first] = await receiveAll();
  await local.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }));
  const [second] = await receiveAll();
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
  expect(second?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(first?.Attributes?.ApproximateFirstReceiveTimestamp);
  await local.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect(local.sqs.depths().find((depth) => depth.name === "work")?.inFlight).toBe(1);
});

test("a message received too often goes to the dead-letter queue on the receive that would exceed the limit, and comes back by redrive", async () => {
  local.sqs.send("work", "poison");
  local.sqs.send("work", "other");
  for (let round = 1; round <= 2; round += 1) {
    expect(await receiveAll()).toHaveLength(2);
    local.clock.turnTo(local.clock.offsetMs() + 31_000);
  }
  expect(local.sqs.depths().find((depth) => depth.name === "dead")).toMatchObject({ visible: 0, deadLetterOf: ["work"] });
  expect(await receiveAll()).toEqual([]);
  const dead = await receiveAll("dead");
  expect(dead.map((message) => message.Body)).toEqual(["poison", "other"]);
  expect(dead[0]?.Attributes?.DeadLetterQueueSourceArn).toBe(`arn:aws:sqs:${region}:${account}:work`);

  local.clock.turnTo(local.clock.offsetMs() + 31_000);
  await local.client.send(new StartMessageMoveTaskCommand({ SourceArn: local.sqs.arnOf("dead") }));
  const back = await receiveAll();
  expect(back.map((message) => [message.Body, message.Attributes?.ApproximateReceiveCount])).toEqual([
    ["poison", "1"],
    ["other", "1"],
  ]);
  expect(back[0]?.MessageId).not.toBe(dead[0]?.MessageId);
});

test("redrive leaves what is in flight and what was sent to the dead-letter queue directly", () => {
  local.sqs.send("dead", "straight");
  expect(local.sqs.redrive("dead")).toBe(0);
  expect(local.sqs.peek("dead", 10).map((message) => message.body)).toEqual(["straight"]);
});

test("queues are found by name, listed by prefix in pages, and described", async () => {
  local.sqs.send("work", "1");
  local.sqs.send("work", "2", { delaySeconds: 5 });
  const { QueueUrl: found } = await local.client.send(new GetQueueUrlCommand({ QueueName: "work" }));
  expect(found).toBe(`${local.url}/${account}/work`);
  const first = await local.client.send(new ListQueuesCommand({ MaxResults: 1 }));
  expect(first.QueueUrls).toEqual([local.queueUrl("dead")]);
  const second = await local.client.send(new ListQueuesCommand({ MaxResults: 1, NextToken: first.NextToken }));
  expect(second).toMatchObject({ QueueUrls: [local.queueUrl("work")] });
  expect(second.NextToken).toBeUndefined();
  expect((await local.client.send(new ListQueuesCommand({ QueueNamePrefix: "wo" }))).QueueUrls).toEqual([local.queueUrl("work")]);
  const { Attributes } = await local.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  expect(Attributes).toMatchObject({
    QueueArn: local.sqs.arnOf("work"),
    ApproximateNumberOfMessages: "1",
    ApproximateNumberOfMessagesDelayed: "1",
    VisibilityTimeout: "30",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: local.sqs.arnOf("dead"), maxReceiveCount: 2 }),
  });
});

test("a purge empties the queue, and a second one within a minute is refused", async () => {
  local.sqs.send("work", "1");
  await local.client.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await receiveAll()).toEqual([]);
  await expect(local.client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toThrow(
    expect.objectContaining({ name: "PurgeQueueInProgress" }),
  );
});

test("defining a queue again changes its settings and keeps its messages", async () => {
  local.sqs.send("work", "kept");
  local.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 5, retentionSeconds: day });
  expect(await receiveAll()).toHaveLength(1);
  local.clock.turnTo(6_000);
  expect(await receiveAll()).toHaveLength(1);
});
