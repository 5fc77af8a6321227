import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  EmptyBatchRequest,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSServiceException,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { maxMessageBytes } from "./message.ts";
import { clientOf, startSqs } from "./server.fixture.ts";

let local: Awaited<ReturnType<typeof startSqs>>;
let QueueUrl: string;

beforeAll(async () => {
  local = await startSqs(":memory:");
});
beforeEach(() => {
  local.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
  local.sqs.purge("work");
  QueueUrl = local.queueUrl("work");
});
afterAll(() => local.stop());

const refused = async (call: Promise<unknown>): Promise<SQSServiceException & { Code?: string }> =>
  call.then(
    () => expect.fail("The call should have been refused."),
    (error) => error,
  );
const send = (MessageBody: string, more = {}) => local.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const sendBatch = (Entries: { Id: string; MessageBody: string }[]) => local.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

test("a queue that does not exist is refused with the SDK's typed error, and with the query protocol's name beside it", async () => {
  for (const QueueUrl of [local.queueUrl("nowhere"), local.queueUrl("work").replace("000000000000", "111111111111"), "work"]) {
    const error = await refused(local.client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })));
    expect(error).toBeInstanceOf(QueueDoesNotExist);
    expect(error.Code).toBe("AWS.SimpleQueueService.NonExistentQueue");
  }
  expect(await refused(local.client.send(new GetQueueUrlCommand({ QueueName: "nowhere" })))).toBeInstanceOf(QueueDoesNotExist);
  expect(() => local.sqs.send("nowhere", "x")).toThrow(expect.objectContaining({ code: "com.amazonaws.sqs#QueueDoesNotExist" }));
});

test("a body of characters outside XML 1.0 is refused", async () => {
  for (const body of ["\u0000", "a\u0008", "\u001F", "\uFFFE", "\uFFFF"])
    expect((await refused(send(body))).name).toBe("InvalidMessageContents");
});

test("a message of exactly 1 MiB is taken, and one byte more is refused, attributes included", async () => {
  await send("x".repeat(maxMessageBytes));
  expect((await refused(send("x".repeat(maxMessageBytes + 1)))).name).toBe("InvalidParameterValue");
  const MessageAttributes = { a: { DataType: "String", StringValue: "b" } };
  await send("x".repeat(maxMessageBytes - 8), { MessageAttributes });
  expect((await refused(send("x".repeat(maxMessageBytes - 7), { MessageAttributes }))).name).toBe("InvalidParameterValue");
});

test("delays are whole seconds up to 900, waits up to 20, receives up to 10, visibility up to twelve hours", async () => {
  await send("x", { DelaySeconds: 900 });
  const receive = (options: object) => local.client.send(new ReceiveMessageCommand({ QueueUrl, ...options }));
  const calls = [
    send("x", { DelaySeconds: 901 }),
    send("x", { DelaySeconds: -1 }),
    send("x", { DelaySeconds: 1.5 }),
    receive({ WaitTimeSeconds: 21 }),
    receive({ MaxNumberOfMessages: 11 }),
    receive({ MaxNumberOfMessages: 0 }),
    receive({ VisibilityTimeout: 43_201 }),
  ];
  for (const call of calls) expect((await refused(call)).name).toBe("InvalidParameterValue");
});

test("a batch that is empty, too many, too long or of repeated or malformed ids is refused whole", async () => {
  const entry = (Id: string, MessageBody = "x") => ({ Id, MessageBody });
  expect(await refused(sendBatch([]))).toBeInstanceOf(EmptyBatchRequest);
  expect((await refused(sendBatch(Array.from({ length: 11 }, (_, i) => entry(`e${i}`))))).name).toBe("TooManyEntriesInBatchRequest");
  expect((await refused(sendBatch([entry("a"), entry("a")]))).name).toBe("BatchEntryIdsNotDistinct");
  expect((await refused(sendBatch([entry("not valid!")]))).name).toBe("InvalidBatchEntryId");
  const half = "x".repeat(maxMessageBytes / 2);
  expect((await refused(sendBatch([entry("a", half), entry("b", `${half}y`)]))).name).toBe("BatchRequestTooLong");
  expect(local.sqs.peek("work", 10)).toEqual([]);
  expect((await sendBatch([entry("a", half), entry("b", half)])).Successful).toHaveLength(2);
});

test("message attributes with reserved names, unknown types or wrong values are refused", async () => {
  const unsound = [
    { "AWS.x": { DataType: "String", StringValue: "v" } },
    { "a..b": { DataType: "String", StringValue: "v" } },
    { a: { DataType: "Text", StringValue: "v" } },
    { a: { DataType: "Number", StringValue: "seven" } },
    { a: { DataType: "String", StringValue: "" } },
    { a: { DataType: "String", StringValue: "\u0001" } },
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: "String", StringValue: "v" }])),
  ];
  for (const MessageAttributes of unsound) expect((await refused(send("x", { MessageAttributes }))).name).toBe("InvalidParameterValue");
});

test("receipt handles are checked: malformed, of another queue, given back, or kept past twelve hours", async () => {
  const change = (ReceiptHandle: string, VisibilityTimeout = 10) =>
    local.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  expect((await refused(change("nonsense"))).name).toBe("ReceiptHandleIsInvalid");
  expect((await refused(local.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "nonsense" })))).name).toBe(
    "ReceiptHandleIsInvalid",
  );

  local.sqs.defineQueue({ name: "other", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
  local.sqs.send("other", "x");
  const [foreign] = await local.sqs.receive("other", { max: 1, waitMs: 0 });
  expect((await refused(change(foreign?.receiptHandle ?? ""))).name).toBe("InvalidParameterValue");

  local.sqs.send("work", "x");
  const [message] = await local.sqs.receive("work", { max: 1, waitMs: 0 });
  const handle = message?.receiptHandle ?? "";
  local.clock.turnTo(local.clock.offsetMs() + 1_000);
  expect((await refused(change(handle, 43_200))).message).toContain("Total VisibilityTimeout");
  await change(handle, 0);
  expect((await refused(change(handle))).name).toBe("MessageNotInflight");
});

test("only a dead-letter queue can be the source of a move", async () => {
  const move = (SourceArn: string) => local.client.send(new StartMessageMoveTaskCommand({ SourceArn }));
  expect((await refused(move(local.sqs.arnOf("work")))).name).toBe("InvalidParameterValue");
  expect((await refused(move(local.sqs.arnOf("nowhere")))).name).toBe("ResourceNotFoundException");
});

test("an unknown queue attribute and a call that is not there are refused by name", async () => {
  const asked = local.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Color" as "All"] }));
  expect((await refused(asked)).name).toBe("InvalidAttributeName");
  const answer = await fetch(local.url, { method: "POST", headers: { "x-amz-target": "AmazonSQS.CreateQueue" }, body: "{}" });
  expect(await answer.json()).toMatchObject({ __type: "UnknownOperationException", message: expect.stringContaining("CreateQueue") });
});

test("a call that is unsigned, signed with a wrong key or altered on the way is refused", async () => {
  const unsigned = await fetch(local.url, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.ListQueues", "content-type": "application/x-amz-json-1.0" },
    body: "{}",
  });
  expect(unsigned.status).toBe(403);
  const forger = clientOf(local.url, "another-secret");
  expect((await refused(forger.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })))).name).toBe("InvalidSignatureException");
  forger.destroy();

  const altering = clientOf(local.url);
  altering.middlewareStack.add(
    (next) => (args) => {
      const { body } = args.request as { body: Uint8Array };
      body.fill(0x21, -3, -2); // the last letter of the message
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  expect((await refused(altering.send(new SendMessageCommand({ QueueUrl, MessageBody: "honest" })))).name).toBe(
    "InvalidSignatureException",
  );
  altering.destroy();
  expect(local.sqs.peek("work", 1)).toEqual([]);
});
