import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RuleDefinition } from "./index.ts";
import { account, clientOf, region, startEvents } from "./server.fixture.ts";

let failing: (arn: string) => void;
let local: Awaited<ReturnType<typeof startEvents>>;
beforeEach(async () => {
  failing = () => {};
  local = await startEvents({ fail: (arn) => failing(arn) });
});
afterEach(() => local.stop());

const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: "shop",
  Source: "shop.orders",
  DetailType: "order.paid",
  Detail: JSON.stringify({ id: "ord_1", text: "ü😀" }),
  ...more,
});
const put = (...Entries: PutEventsRequestEntry[]) => local.client.send(new PutEventsCommand({ Entries }));
const define = (more: Partial<RuleDefinition> = {}) =>
  local.events.defineRule({
    name: "paid",
    bus: "shop",
    pattern: { "detail-type": ["order.paid"] },
    enabled: true,
    targets: [{ id: "1", arn: "arn:q" }],
    ...more,
  });
const settled = () => vi.waitFor(() => expect(local.events.outstanding()).toBe(0), { timeout: 5_000, interval: 5 });
const refused = (call: Promise<unknown>) => expect(call).rejects;

test("an event reaches the targets of the rules that it matches, in EventBridge's envelope", async () => {
  define({ targets: ["arn:a", "arn:b"].map((arn) => ({ id: arn, arn })) });
  define({ name: "sent", pattern: { "detail-type": ["order.sent"] }, targets: [{ id: "1", arn: "arn:other" }] });
  define({ name: "off", enabled: false, targets: [{ id: "1", arn: "arn:off" }] });
  define({ name: "default-bus", bus: "default", targets: [{ id: "1", arn: "arn:default" }] });
  const answer = await put(entry({ Resources: ["arn:thing"], Time: new Date("2026-11-20T10:11:12.345Z") }));
  expect(answer.FailedEntryCount).toBe(0);
  await settled();
  expect(local.delivered.map(({ arn }) => arn).sort()).toEqual(["arn:a", "arn:b"]);
  expect(local.delivered[0]?.event).toEqual({
    version: "0",
    id: answer.Entries?.[0]?.EventId,
    "detail-type": "order.paid",
    source: "shop.orders",
    account,
    region,
    time: "2026-11-20T10:11:12Z",
    resources: ["arn:thing"],
    detail: { id: "ord_1", text: "ü😀" },
  });
});

test("an event without a time has that of the product's clock", async () => {
  define();
  local.clock.turnTo(365 * 24 * 60 * 60 * 1000);
  await put(entry());
  await settled();
  const [time] = local.delivered.map(({ event }) => (event as { time: string }).time);
  expect(Math.abs(Date.parse(time ?? "") - local.clock.now())).toBeLessThan(10_000);
});

test("entries fail by themselves, each with its own error, and the others are delivered", async () => {
  define();
  const answer = await put(
    entry(),
    entry({ Detail: "not json" }),
    entry({ Detail: "[1]" }),
    entry({ EventBusName: "nowhere" }),
    entry({ Source: "aws.s3" }),
    entry({ DetailType: "" }),
    entry({ EventBusName: `arn:aws:events:${region}:${account}:event-bus/shop` }),
  );
  expect(answer.FailedEntryCount).toBe(5);
  expect(answer.Entries?.map((result) => result.ErrorCode)).toEqual([
    undefined,
    "MalformedDetail",
    "MalformedDetail",
    "ResourceNotFoundException",
    "NotAuthorizedForSourceException",
    "InvalidArgument",
    undefined,
  ]);
  await settled();
  expect(local.delivered).toHaveLength(2);
});

test("a request without entries, with more than ten or of more than 1 MiB is refused whole", async () => {
  define();
  const big = (bytes: number) =>
    entry({ Source: "s", DetailType: "order.paid", Detail: JSON.stringify("x".repeat(bytes - 13)).replace(/^(.*)$/, '{"a":$1}') });
  await refused(put()).toThrow(expect.objectContaining({ name: "ValidationException" }));
  await refused(put(...Array.from({ length: 11 }, () => entry()))).toThrow(expect.objectContaining({ name: "ValidationException" }));
  const half = 512 * 1024;
  await refused(put(big(half), big(half + 1))).toThrow(expect.objectContaining({ message: expect.stringContaining("over the limit") }));
  expect(local.events.outstanding()).toBe(0);
  expect((await put(big(half - 13), big(half - 13))).FailedEntryCount).toBe(0);
});

test("calls that are unsigned, forged or not there are refused", async () => {
  const forger = clientOf(local.url, "another-secret");
  await refused(forger.send(new PutEventsCommand({ Entries: [entry()] }))).toThrow(
    expect.objectContaining({ name: "InvalidSignatureException" }),
  );
  forger.destroy();
  const call = (target: string) => fetch(local.url, { method: "POST", headers: { "x-amz-target": target }, body: '{"Entries":[]}' });
  expect((await call("AWSEvents.PutEvents")).status).toBe(403);
  expect(await (await call("AWSEvents.PutRule")).json()).toMatchObject({
    __type: "UnknownOperationException",
    message: expect.stringContaining("PutRule"),
  });
});

test("a target may get an input of its own, or a part of the event", async () => {
  define({
    targets: [
      { id: "1", arn: "arn:input", input: '{"go":true}' },
      { id: "2", arn: "arn:path", inputPath: "$.detail.id" },
      { id: "3", arn: "arn:nothing", inputPath: "$.detail.id.deeper" },
    ],
  });
  await put(entry());
  await settled();
  expect(Object.fromEntries(local.delivered.map(({ arn, event }) => [arn, event]))).toEqual({
    "arn:input": { go: true },
    "arn:path": "ord_1",
    "arn:nothing": null,
  });
});

test("a failed delivery is retried until it succeeds, and the other targets do not wait for it", async () => {
  let failures = 0;
  failing = (arn) => {
    if (arn === "arn:slow" && failures++ < 3) throw new Error("not now");
  };
  define({ targets: ["arn:slow", "arn:q"].map((arn) => ({ id: arn, arn })) });
  await put(entry());
  await settled();
  expect(local.delivered.map(({ arn }) => arn)).toEqual(["arn:q", "arn:slow"]);
});

test("a delivery that has used up its retries goes to the dead-letter queue of its target", async () => {
  let attempts = 0;
  failing = (arn) => {
    if (arn === "arn:dead") return;
    attempts += 1;
    throw new Error("always down");
  };
  define({ targets: [{ id: "1", arn: "arn:q", deadLetterArn: "arn:dead", retry: { maximumRetryAttempts: 2 } }] });
  await put(entry());
  await settled();
  expect(attempts).toBe(3);
  expect(local.dead).toMatchObject([
    {
      arn: "arn:dead",
      event: { source: "shop.orders" },
      error: expect.objectContaining({ message: "always down" }),
      about: { ruleArn: `arn:aws:events:${region}:${account}:rule/shop/paid`, targetArn: "arn:q", attempts: 3 },
    },
  ]);
});

test("a dead-letter queue that fails is asked again until it takes the event", async () => {
  let refusals = 0;
  failing = (arn) => {
    if (arn === "arn:q" || refusals++ < 2) throw new Error("down");
  };
  define({ targets: [{ id: "1", arn: "arn:q", deadLetterArn: "arn:dead", retry: { maximumRetryAttempts: 0 } }] });
  await put(entry());
  await settled();
  expect(refusals).toBe(3);
  expect(local.dead).toHaveLength(1);
});

test("a delivery that has grown too old by the clock goes to the dead-letter queue", async () => {
  let attempts = 0;
  failing = (arn) => {
    if (arn === "arn:dead") return;
    attempts += 1;
    throw new Error("always down");
  };
  define({ targets: [{ id: "1", arn: "arn:q", deadLetterArn: "arn:dead", retry: { maximumEventAgeSeconds: 120 } }] });
  await put(entry());
  await vi.waitFor(() => expect(attempts).toBe(1), { interval: 5 });
  local.clock.turnTo(100_000);
  await vi.waitFor(() => expect(attempts).toBe(2), { interval: 5 });
  expect(local.dead).toEqual([]);
  local.clock.turnTo(121_000);
  await settled();
  expect(local.dead).toHaveLength(1);
});

test("a rule that asks for what is not here, or makes no sense, is refused when it is defined", () => {
  const target = { id: "1", arn: "arn:q" };
  const unsound: [Partial<RuleDefinition>, string][] = [
    [{ pattern: { a: [{ wildcard: "*" }] } }, "wildcard"],
    [{ pattern: undefined }, "neither a pattern nor a schedule"],
    [{ bus: "nowhere" }, "not defined"],
    [{ schedule: "rate(1 minute)" }, "default bus"],
    [{ bus: "default", schedule: "rate(1 minutes)" }, "not a schedule"],
    [{ targets: [target, target] }, "two targets"],
    [{ targets: [{ ...target, inputTransformer: {} as never }] }, "input transformer"],
    [{ targets: [{ ...target, input: "{" }] }, "not JSON"],
    [{ targets: [{ ...target, inputPath: "detail" }] }, "input path"],
    [{ targets: [{ ...target, retry: { maximumRetryAttempts: 186 } }] }, "retry policy"],
  ];
  for (const [rule, message] of unsound) expect(() => define(rule)).toThrow(message);
});
