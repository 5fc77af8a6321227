import { afterEach, expect, test, vi } from "vitest";
import type { RuleDefinition } from "./index.ts";
import { account, region, startEvents } from "./server.fixture.ts";

type Local = Awaited<ReturnType<typeof startEvents>>;
const minute = 60_000;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The clock starts ten seconds past a whole minute, so that nothing falls due by itself in between. */
const offsetMs = minute - (Date.now() % minute) + 10_000;
async function start(options: Parameters<typeof startEvents>[0] = {}): Promise<Local> {
  const local = await startEvents({ offsetMs, ...options });
  stops.push(local.stop);
  return local;
}
const define = (local: Local, schedule: string, more: Partial<RuleDefinition> = {}) =>
  local.events.defineRule({ name: "tick", schedule, enabled: true, targets: [{ id: "1", arn: "arn:f" }], ...more });
const turnBy = (local: Local, ms: number) => local.clock.turnTo(local.clock.offsetMs() + ms);
async function times(local: Local): Promise<string[]> {
  await vi.waitFor(() => expect(local.events.outstanding()).toBe(0), { interval: 5 });
  return local.delivered.map(({ event }) => (event as { time: string }).time).sort();
}
const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const wholeMinute = (local: Local) => Math.floor(local.clock.now() / minute) * minute;

test("a rate of one minute fires on the whole minute, when the clock is turned there, with AWS's scheduled event", async () => {
  const local = await start();
  define(local, "rate(1 minute)");
  turnBy(local, 30_000);
  expect(await times(local)).toEqual([]);
  turnBy(local, 30_000);
  expect(await times(local)).toEqual([iso(wholeMinute(local))]);
  expect(local.delivered[0]?.event).toMatchObject({
    version: "0",
    source: "aws.events",
    "detail-type": "Scheduled Event",
    account,
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/tick`],
    detail: {},
  });
});

test("a schedule fires by itself when its time comes", async () => {
  const local = await start();
  define(local, "rate(1 minute)");
  turnBy(local, minute - (local.clock.now() % minute) - 200);
  expect(local.delivered).toEqual([]);
  await vi.waitFor(() => expect(local.delivered).toHaveLength(1), { timeout: 3_000, interval: 5 });
});

test("each of a few missed instants is fired for, but only the latest of many", async () => {
  const local = await start();
  define(local, "rate(1 minute)");
  const from = wholeMinute(local);
  turnBy(local, 3 * minute);
  expect(await times(local)).toEqual([1, 2, 3].map((n) => iso(from + n * minute)));
  local.delivered.length = 0;
  turnBy(local, 30 * 24 * 60 * minute);
  expect(await times(local)).toEqual([iso(wholeMinute(local))]);
});

test("a rate counts from when the rule was first defined, also over a restart", async () => {
  const before = await start();
  define(before, "rate(5 minutes)");
  const defined = before.clock.now();
  turnBy(before, 2 * minute);
  expect(await times(before)).toEqual([]);
  await before.stop({ keep: true });
  stops.pop();

  const after = await start({ folder: before.folder, offsetMs: before.clock.offsetMs() });
  define(after, "rate(5 minutes)");
  turnBy(after, 3 * minute + 1_000);
  const [time] = await times(after);
  expect(Math.abs(Date.parse(time ?? "") - (defined + 5 * minute))).toBeLessThan(2_000);
});

test("a restart neither fires an instant again nor loses one that passed meanwhile", async () => {
  const before = await start();
  define(before, "rate(1 minute)");
  turnBy(before, minute);
  const fired = await times(before);
  await before.stop({ keep: true });
  stops.pop();

  const same = await start({ folder: before.folder, offsetMs: before.clock.offsetMs() });
  define(same, "rate(1 minute)");
  define(same, "rate(1 minute)");
  expect(await times(same)).toEqual([]);
  await same.stop({ keep: true });
  stops.pop();

  const later = await start({ folder: before.folder, offsetMs: before.clock.offsetMs() + minute });
  define(later, "rate(1 minute)");
  expect(await times(later)).toEqual([iso(Date.parse(fired[0] ?? "") + minute)]);
});

test("a clock that was turned back lives through the same instants again", async () => {
  const local = await start();
  const offset = local.clock.offsetMs();
  define(local, "rate(1 minute)");
  turnBy(local, minute);
  local.clock.turnTo(offset);
  turnBy(local, minute);
  const fired = await times(local);
  expect(fired).toHaveLength(2);
  expect(new Set(fired).size).toBe(1);
});

test("a disabled rule does not fire, and enabled again it does not make up for the time between", async () => {
  const local = await start();
  define(local, "rate(1 minute)", { enabled: false });
  turnBy(local, 2 * minute);
  define(local, "rate(1 minute)");
  expect(await times(local)).toEqual([]);
  turnBy(local, minute);
  expect(await times(local)).toHaveLength(1);
});

test("a cron rule fires at its instants, and another schedule takes its place at once", async () => {
  const local = await start();
  define(local, "cron(0 0 1 * ? *)");
  turnBy(local, 31 * 24 * 60 * minute);
  expect((await times(local)).at(-1)).toMatch(/-01T00:00:00Z$/);
  local.delivered.length = 0;
  define(local, "rate(1 minute)");
  turnBy(local, minute);
  expect(await times(local)).toHaveLength(1);
});
