import { afterAll, beforeAll, expect, test } from "vitest";
import type { Runner } from "../functions/runner.ts";
import { startSqs } from "../sqs/server.fixture.ts";
import { redrive } from "./queues.ts";

let server: Awaited<ReturnType<typeof startSqs>>;
const invoked: { name: string; event: unknown }[] = [];
let answer: unknown = null;
const runner = {
  invoke: async (name: string, event: unknown) => {
    invoked.push({ name, event });
    return answer;
  },
} as Runner;

beforeAll(async () => {
  server = await startSqs(":memory:");
  for (const name of ["Work", "RuleFailures", "RelayFailures"])
    server.sqs.defineQueue({ name, visibilityTimeoutSeconds: 30, retentionSeconds: 86_400 });
});
afterAll(() => server.stop());

const sendAgain = (name: string) => {
  const functionLog = { errorsOf: async () => new Map() } as never;
  const { sqs, clock } = server;
  return redrive({ sqs, clock, runner, functionLog, lastQueues: new Set(), relayOf: new Map([["RelayFailures", "Relay"]]) }, name);
};
const waiting = (name: string) => server.sqs.depths().find((queue) => queue.name === name)?.visible;

test("what the bus gave up goes to the target that it was for: a queue gets it unchanged, a function is invoked", async () => {
  const target = (StringValue: string) => ({ attributes: { TARGET_ARN: { DataType: "String", StringValue } } });
  server.sqs.send("RuleFailures", '{"detail":1}', target(server.sqs.arnOf("Work")));
  server.sqs.send("RuleFailures", '{"detail":2}', target("arn:aws:lambda:eu-west-1:000000000000:function:Minute"));
  expect(await sendAgain("RuleFailures")).toEqual({ redriven: 2, kept: [] });
  expect(server.sqs.peek("Work", 10).map(({ body }) => body)).toEqual(['{"detail":1}']);
  expect(invoked).toEqual([{ name: "Minute", event: { detail: 2 } }]);
  expect(waiting("RuleFailures")).toBe(0);
});

test("records that the relay gave up are handed to it again, and stay if it refuses them once more", async () => {
  server.sqs.send("RelayFailures", JSON.stringify({ records: [{ eventID: "1" }] }));
  answer = { batchItemFailures: [{ itemIdentifier: "1" }] };
  expect(await sendAgain("RelayFailures")).toMatchObject({ redriven: 0, kept: [{ why: "Relay refused it." }] });
  expect(waiting("RelayFailures")).toBe(1);

  answer = { batchItemFailures: [] };
  expect(await sendAgain("RelayFailures")).toEqual({ redriven: 1, kept: [] });
  expect(invoked.at(-1)).toEqual({ name: "Relay", event: { Records: [{ eventID: "1" }] } });
  expect(waiting("RelayFailures")).toBe(0);
});

test("a message that does not say where it belongs stays", async () => {
  server.sqs.send("RuleFailures", "{}");
  expect(await sendAgain("RuleFailures")).toMatchObject({ redriven: 0, kept: [{ why: "Nothing tells where it belongs." }] });
  expect(waiting("RuleFailures")).toBe(1);
});

test("a message that cannot be read stays, is named, and keeps no other from being sent", async () => {
  for (const body of ["no JSON", "null", JSON.stringify({ records: [{ eventID: "2" }] })]) server.sqs.send("RelayFailures", body);
  const { redriven, kept } = await sendAgain("RelayFailures");
  expect(redriven).toBe(1);
  expect(kept.map(({ why }) => why)).toEqual([expect.stringMatching(/is not valid JSON/), "It holds no records."]);
  expect(kept.map(({ messageId }) => messageId)).toEqual(server.sqs.peek("RelayFailures", 10).map(({ messageId }) => messageId));
  expect(invoked.at(-1)).toEqual({ name: "Relay", event: { Records: [{ eventID: "2" }] } });
  expect(waiting("RelayFailures")).toBe(2);
});

test("a message for a queue that is no more stays, and can be seen at once", async () => {
  server.sqs.send("RuleFailures", "{}", {
    attributes: { TARGET_ARN: { DataType: "String", StringValue: `${server.sqs.arnOf("Work")}Gone` } },
  });
  expect(await sendAgain("RuleFailures")).toMatchObject({ redriven: 0 });
  expect(waiting("RuleFailures")).toBe(2);
});
