import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startSqs } from "./server.fixture.ts";

const settings = { visibilityTimeoutSeconds: 0, retentionSeconds: 86_400 };
let folder: string;
let local: Awaited<ReturnType<typeof startSqs>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sqs-"));
  local = await open();
});
afterEach(async () => {
  await local.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open() {
  const opened = await startSqs(join(folder, "sqs.sqlite"));
  opened.sqs.defineQueue({ name: "dead", ...settings });
  opened.sqs.defineQueue({ name: "other", ...settings });
  opened.sqs.defineQueue({ name: "work", ...settings, redrive: { deadLetterQueue: "dead", maxReceiveCount: 1 } });
  return opened;
}

/** Sends that many messages and lets each fail once. */
async function letFail(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, n) => ({ Id: String(n), MessageBody: `message ${sent + n}` }));
    await local.client.send(new SendMessageBatchCommand({ QueueUrl: local.queueUrl("work"), Entries }));
  }
  while (depth("dead") < count)
    await local.client.send(new ReceiveMessageCommand({ QueueUrl: local.queueUrl("work"), MaxNumberOfMessages: 10 }));
}

const depth = (name: string): number => local.sqs.depths().find((queue) => queue.name === name)?.visible ?? 0;
const start = (more: { DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number } = {}) =>
  local.client.send(new StartMessageMoveTaskCommand({ SourceArn: local.sqs.arnOf("dead"), ...more }));
const tasks = async (MaxResults?: number) => {
  const { Results = [] } = await local.client.send(new ListMessageMoveTasksCommand({ SourceArn: local.sqs.arnOf("dead"), MaxResults }));
  return Results;
};
const cancel = (TaskHandle: string | undefined) => local.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
/** Turns the clock by a second; what is due then happens in the next turns of the event loop. */
const second = () => local.clock.turnTo(local.clock.offsetMs() + 1_000);

test("dead letters go back to where they came from, as new messages, and the task says so", async () => {
  await letFail(3);
  await start();
  await vi.waitFor(async () =>
    expect(await tasks()).toEqual([
      {
        Status: "COMPLETED",
        SourceArn: local.sqs.arnOf("dead"),
        ApproximateNumberOfMessagesMoved: 3,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: expect.any(Number),
      },
    ]),
  );
  expect([depth("dead"), depth("work")]).toEqual([0, 3]);
  const { Messages } = await local.client.send(
    new ReceiveMessageCommand({ QueueUrl: local.queueUrl("work"), MaxNumberOfMessages: 3, MessageSystemAttributeNames: ["All"] }),
  );
  expect(Messages?.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(["1", "1", "1"]);
});

test("a large move is over in the end, and leaves none behind", async () => {
  await letFail(450);
  await start();
  await vi.waitFor(async () => expect(await tasks()).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 450 }]));
  expect([depth("dead"), depth("work")]).toEqual([0, 450]);
});

test("a destination may be named", async () => {
  await letFail(2);
  await start({ DestinationArn: local.sqs.arnOf("other") });
  expect(await tasks()).toMatchObject([{ Status: "COMPLETED", DestinationArn: local.sqs.arnOf("other") }]);
  expect([depth("dead"), depth("work"), depth("other")]).toEqual([0, 0, 2]);
});

test("a rate is kept to, by the product's clock", async () => {
  await letFail(5);
  await start({ MaxNumberOfMessagesPerSecond: 2 });
  expect([depth("dead"), depth("work")]).toEqual([3, 2]);
  expect(await tasks()).toMatchObject([{ Status: "RUNNING", MaxNumberOfMessagesPerSecond: 2, TaskHandle: expect.any(String) }]);
  second();
  await vi.waitFor(() => expect(depth("work")).toBe(4));
  second();
  await vi.waitFor(async () => expect(await tasks()).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 5 }]));
});

test("what fails again while the task runs is left for the next", async () => {
  await letFail(2);
  await start({ MaxNumberOfMessagesPerSecond: 1 });
  second();
  await vi.waitFor(() => expect(depth("work")).toBe(2));
  while (depth("dead") < 2)
    await local.client.send(new ReceiveMessageCommand({ QueueUrl: local.queueUrl("work"), MaxNumberOfMessages: 10 }));
  second();
  await vi.waitFor(async () => expect(await tasks()).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 2 }]));
  expect(depth("dead")).toBe(2);
});

test("a message that was sent to the dead-letter queue directly has no way back: the task fails with the reason, and loses nothing", async () => {
  await letFail(1);
  local.sqs.send("dead", "a stray");
  await start();
  expect(await tasks()).toMatchObject([
    { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource", ApproximateNumberOfMessagesMoved: 1 },
  ]);
  expect([depth("dead"), depth("work")]).toEqual([1, 1]);
});

test("a running task can be cancelled, once; what it moved stays moved", async () => {
  await letFail(3);
  const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
  expect(await cancel(TaskHandle)).toMatchObject({ ApproximateNumberOfMessagesMoved: 1 });
  second();
  await expect(cancel(TaskHandle)).rejects.toMatchObject({ name: "UnsupportedOperation" });
  expect(await tasks()).toMatchObject([{ Status: "CANCELLED", ApproximateNumberOfMessagesMoved: 1 }]);
  expect([depth("dead"), depth("work")]).toEqual([2, 1]);
});

test("a queue has one task at a time, and remembers the last ten", async () => {
  await letFail(2);
  const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
  await expect(start()).rejects.toMatchObject({ name: "UnsupportedOperation", message: expect.stringContaining("already a task running") });
  await cancel(TaskHandle);
  for (let n = 0; n < 12; n++) await start();
  expect(await tasks(10)).toHaveLength(10);
  expect((await tasks(10)).every(({ Status }) => Status === "COMPLETED")).toBe(true);
  expect(await tasks()).toHaveLength(1);
});

test("a task that was running at the stop goes on with the next start, and moves nothing twice", async () => {
  await letFail(4);
  await start({ MaxNumberOfMessagesPerSecond: 1 });
  await local.stop();
  local = await open();
  expect(await tasks()).toMatchObject([{ Status: "RUNNING", ApproximateNumberOfMessagesMoved: 1 }]);
  for (let moved = 2; moved <= 4; moved++) {
    second();
    await vi.waitFor(() => expect(depth("work")).toBe(moved));
  }
  expect(await tasks()).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 4 }]);
  expect(depth("dead")).toBe(0);
});

test("tasks of queues that are not there, handles that were made up and rates out of range are refused by AWS's names", async () => {
  const nowhere = new ListMessageMoveTasksCommand({ SourceArn: local.sqs.arnOf("nowhere") });
  await expect(local.client.send(nowhere)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(start({ DestinationArn: local.sqs.arnOf("nowhere") })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  const unknown = Buffer.from(JSON.stringify({ taskId: "x", sourceArn: local.sqs.arnOf("dead") })).toString("base64");
  await expect(cancel(unknown)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(cancel("nonsense")).rejects.toMatchObject({ name: "InvalidParameterValue" });
  await expect(start({ MaxNumberOfMessagesPerSecond: 501 })).rejects.toMatchObject({ name: "InvalidParameterValue" });
});
