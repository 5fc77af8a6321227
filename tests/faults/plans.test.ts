import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { clockOf } from "../harness/atelier.ts";
import { faults, type Order } from "../harness/faults.ts";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { asMany, seeds, tell } from "../harness/seeds.ts";
import { until } from "../harness/until.ts";

const { url } = await ownAtelier();
const trouble = faults({ url });
const clock = clockOf(url);
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
});
afterEach(() => trouble.clear());

const hourMs = 3_600_000;
const images = asMany(3, 5);
const steps = asMany(5, 7);

/** A plan of a few pictures in a window of three hours that begins with the next full hour. */
async function planned() {
  const startsAt = Math.ceil((await clock.now()) / hourMs) * hourMs;
  const shown = (at: number): string => new Date(at).toISOString().slice(11, 16);
  const day = new Date(startsAt).toISOString().slice(0, 10);
  const plan = await ada.client.createPlan({
    body: {
      name: "Trouble",
      timeZone: "UTC",
      ask: { prompt: "a harbour", width: 64, height: 64, quality: "draft" },
      rules: [{ from: shown(startsAt), to: shown(startsAt + 3 * hourMs), count: images }],
      startsOn: day,
      endsOn: day,
    },
  });
  return { id: plan.id, startsAt };
}

/** Lives through the window in steps, with trouble in all but the last of them. */
async function liveThrough({ startsAt }: { startsAt: number }): Promise<Record<string, number>> {
  await clock.advance(startsAt - (await clock.now()));
  for (let step = 1; step < steps; step += 1) {
    await clock.advance((3 * hourMs) / steps);
    await quiet(url);
  }
  const counts = await trouble.counts();
  await trouble.clear();
  // What trouble has left undone is seen to by the next minute's rule, and the last pictures come in the last minutes.
  await clock.advance(61_000);
  await quiet(url);
  const endsAt = startsAt + 3 * hourMs;
  for (const beforeEndMs of [120_000, 59_000]) {
    await clock.advance(Math.max(0, endsAt - beforeEndMs - (await clock.now())));
    await quiet(url);
  }
  return counts;
}

/** Exactly the planned number of generations, each of a run of its own, and all of them drawn. */
async function expectWhole(id: string): Promise<void> {
  const runs = await until("all runs", async () => {
    const { items } = await ada.client.listPlanRuns({ params: { id }, query: { limit: 100 } });
    if (items.every(({ state }) => state !== "asked")) return items;
    await clock.advance(31_000);
    return undefined;
  });
  const { items: all } = await ada.client.listGenerations({ query: { limit: 100 } });
  const made = all.filter(({ plan }) => plan?.id === id);
  expect(made).toHaveLength(images);
  expect(new Set(made.map(({ plan }) => plan?.runId)).size).toBe(images);
  expect(runs.map(({ state }) => state)).toEqual(runs.map(() => "succeeded"));
  expect(runs.map(({ generationId }) => generationId).sort()).toEqual(made.map((generation) => generation.id).sort());
}

const worker = { function: "RunPlans", service: "dynamodb" } as const;
const weathers: [string, (seed: number) => Order[]][] = [
  [
    "its worker is killed before a run is written and after, again and again",
    (seed) =>
      (["killBefore", "killAfter"] as const).flatMap((fault, index) => [
        { ...worker, call: "TransactWriteItems", fault, skip: (seed + index) % 3, times: 1 },
        { ...worker, call: "GetItem", fault, skip: (seed * 3 + index * 2) % 5, times: 1 },
      ]),
  ],
  [
    "the minute's rule and the worker come many times at once, late, or not at all, to a database that throttles and loses answers",
    (seed) => [
      { service: "lambda", call: "DispatchDue", fault: "dropBefore", skip: 2, times: 2 + (seed % 2) },
      { service: "lambda", call: "DispatchDue", fault: "duplicate", copies: 2 + (seed % 3) },
      { service: "lambda", call: "RunPlans", fault: "dropAfter", skip: seed % 3, times: 2 },
      { service: "lambda", call: "RunPlans", fault: "duplicate", copies: 2 + (seed % 3) },
      ...(["throttle", "conflict", "dropAfter"] as const).map((fault, index) => ({
        ...worker,
        call: "*",
        fault,
        chance: 0.1,
        seed: seed + index,
      })),
    ],
  ],
];

describe.each(seeds)("a plan, seed %i", (seed) => {
  test.each(weathers)("asks for exactly as many pictures as it says where %s", async (what, orders) => {
    const plan = await planned();
    for (const order of orders(seed)) await trouble.add(order);
    const counts = await liveThrough(plan);
    tell(what, seed, counts);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(4);
    await expectWhole(plan.id);
  });
});
