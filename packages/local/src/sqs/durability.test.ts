import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { account, clientOf, startSqs } from "./server.fixture.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("queues, messages, receipts and settings are there again after a restart", async () => {
  const file = join(folder, "sqs.sqlite");
  const before = await startSqs(file);
  before.sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
  before.sqs.send("work", "kept 😀");
  const [held] = await before.sqs.receive("work", { max: 1, waitMs: 0 });
  await before.stop();

  const after = await startSqs(file);
  expect(after.sqs.depths()).toEqual([{ name: "work", visible: 0, inFlight: 1, delayed: 0 }]);
  after.sqs.remove("work", held?.receiptHandle ?? "");
  expect(after.sqs.peek("work", 1)).toEqual([]);
  await after.stop();
});

test("a server killed under load has kept every message that it acknowledged", async () => {
  const file = join(folder, "sqs.sqlite");
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.fixture.ts"), file], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = clientOf(url);
  const QueueUrl = `${url}/${account}/work`;
  const acknowledged: string[] = [];
  const sender = async () => {
    for (;;) {
      const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(500) }));
      acknowledged.push(MessageId ?? "");
      if (acknowledged.length === 300) child.kill("SIGKILL");
    }
  };
  const senders = await Promise.allSettled(Array.from({ length: 8 }, sender));
  expect(senders.every((sent) => sent.status === "rejected")).toBe(true);
  client.destroy();

  const { sqs, stop } = await startSqs(file);
  const kept = new Set(sqs.peek("work", 10_000).map((message) => message.messageId));
  await stop();
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});

test("a thousand messages a second are sent, received and deleted on file, even on a busy machine", async () => {
  const { sqs, stop } = await startSqs(join(folder, "sqs.sqlite"));
  sqs.defineQueue({ name: "work", visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
  const body = JSON.stringify({ text: "x".repeat(200) });
  const rounds = 2_000;
  const began = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    sqs.send("work", body);
    const [message] = await sqs.receive("work", { max: 1, waitMs: 0 });
    sqs.remove("work", message?.receiptHandle ?? "");
  }
  const perSecond = rounds / ((performance.now() - began) / 1000);
  expect(sqs.peek("work", 1)).toEqual([]);
  await stop();
  expect(perSecond).toBeGreaterThan(1_000);
});
