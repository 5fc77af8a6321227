import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSqs } from "./server.fixture.ts";

let local: Awaited<ReturnType<typeof startSqs>>;

beforeEach(async () => {
  local = await startSqs(":memory:");
  local.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 });
});
afterEach(() => local.stop());

const bodies = (messages: { body: string }[]) => messages.map((message) => message.body);
const receive = (waitMs = 0, signal?: AbortSignal) => local.sqs.receive("work", { max: 10, waitMs, ...(signal && { signal }) });

/** A poll that was begun has set its timer by the next turn of the event loop. */
const waiting = () => new Promise(setImmediate);

test("a long poll over the wire ends as soon as a message is sent", async () => {
  const polling = local.client.send(new ReceiveMessageCommand({ QueueUrl: local.queueUrl("work"), WaitTimeSeconds: 20 }));
  local.sqs.send("work", "now");
  expect((await polling).Messages?.[0]?.Body).toBe("now");
});

test("a long poll ends when a delay runs out by itself", async () => {
  local.sqs.send("work", "later", { delaySeconds: 1 });
  const began = performance.now();
  expect(bodies(await receive(10_000))).toEqual(["later"]);
  expect(performance.now() - began).toBeGreaterThan(900);
});

test("a long poll ends when the clock is turned past a delay, and not before", async () => {
  local.sqs.send("work", "later", { delaySeconds: 900 });
  let ended = false;
  const polling = receive(20_000).finally(() => {
    ended = true;
  });
  await waiting();
  local.clock.turnTo(899_000);
  await waiting();
  expect(ended).toBe(false);
  local.clock.turnTo(900_001);
  expect(bodies(await polling)).toEqual(["later"]);
});

test("a long poll ends when another receiver gives a message back or lets its visibility run out", async () => {
  local.sqs.send("work", "one");
  const [held] = await receive();
  const polling = receive(20_000);
  local.sqs.changeVisibility("work", held?.receiptHandle ?? "", 0);
  expect(bodies(await polling)).toEqual(["one"]);

  const again = receive(20_000);
  await waiting();
  local.clock.turnTo(31_000);
  expect(bodies(await again)).toEqual(["one"]);
});

test("a long poll on a dead-letter queue ends when a message is moved there, and on the source when it is redriven", async () => {
  local.sqs.defineQueue({ name: "dead", visibilityTimeoutSeconds: 0, retentionSeconds: 3_600 });
  local.sqs.defineQueue({
    name: "work",
    visibilityTimeoutSeconds: 0,
    retentionSeconds: 3_600,
    redrive: { deadLetterQueue: "dead", maxReceiveCount: 1 },
  });
  local.sqs.send("work", "poison");
  const dead = local.sqs.receive("dead", { max: 1, waitMs: 20_000 });
  expect(await receive()).toHaveLength(1);
  expect(await receive()).toHaveLength(0);
  expect(bodies(await dead)).toEqual(["poison"]);

  const source = receive(20_000);
  expect(local.sqs.redrive("dead")).toBe(1);
  expect(bodies(await source)).toEqual(["poison"]);
});

test("waiting receivers are served first come first served, each message to one of them", async () => {
  const waiting = [1, 2, 3].map(() => local.sqs.receive("work", { max: 1, waitMs: 20_000 }));
  for (const body of ["a", "b", "c"]) local.sqs.send("work", body);
  expect((await Promise.all(waiting)).map(bodies)).toEqual([["a"], ["b"], ["c"]]);
});

test("a long poll ends empty after its time, when aborted, and when the server closes", async () => {
  expect(await receive(50)).toEqual([]);
  const stop = new AbortController();
  const aborted = receive(20_000, stop.signal);
  stop.abort();
  expect(await aborted).toEqual([]);
  local.sqs.send("work", "left");
  expect(await receive(20_000, stop.signal)).toEqual([]);
  expect(bodies(await receive())).toEqual(["left"]);

  const other = await startSqs(":memory:");
  other.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 });
  const closed = other.sqs.receive("work", { max: 1, waitMs: 20_000 });
  await other.stop();
  expect(await closed).toEqual([]);
});

test("a queue's own delay and receive wait hold where the call says nothing", async () => {
  local.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 3_600, delaySeconds: 60, receiveWaitSeconds: 20 });
  local.sqs.send("work", "slow");
  local.sqs.send("work", "fast", { delaySeconds: 0 });
  expect(bodies(await receive())).toEqual(["fast"]);
  const polling = local.client.send(new ReceiveMessageCommand({ QueueUrl: local.queueUrl("work") }));
  local.clock.turnTo(61_000);
  expect((await polling).Messages?.[0]?.Body).toBeDefined();
});

test("a message older than the retention is gone, from receives and from the depths", async () => {
  local.sqs.send("work", "old");
  local.clock.turnTo(3_600_001);
  local.sqs.send("work", "new");
  expect(local.sqs.depths()).toEqual([{ name: "work", visible: 1, inFlight: 0, delayed: 0 }]);
  expect(bodies(await receive())).toEqual(["new"]);
});
