import { array, assert, asyncProperty, constantFrom, integer, oneof, record, uniqueArray } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Problem, problems } from "../kernel/index.ts";
import { gateStore, makeGate, type Window } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const epoch = Date.parse("2026-11-20T10:00:00Z");
let callers = 0;

/** Processes that share the table, each with a clock that is off by so much. What all of them let through is counted. */
function system(windows: readonly Window[], skewsMs: readonly number[]) {
  callers += 1;
  const time = { now: epoch };
  const gates = skewsMs.map((skewMs) =>
    makeGate(gateStore(database.table), { now: () => time.now + skewMs, sleepUntil: async () => undefined }),
  );
  /** So many callers at once, spread over the processes; how many of them pass. */
  const burst = async (count: number, name: string): Promise<number> => {
    const caller = `user/laws-${callers}-${name}`;
    const answers = await Promise.allSettled(Array.from({ length: count }, (_, i) => gates[i % gates.length]?.pass(caller, windows)));
    for (const answer of answers) {
      if (answer.status === "fulfilled") continue;
      if (!(answer.reason instanceof Problem)) throw answer.reason;
      expect(answer.reason.type).toBe(problems.rateLimited);
    }
    return answers.filter(({ status }) => status === "fulfilled").length;
  };
  return { time, burst };
}

const windowsOf = uniqueArray(
  record({
    name: constantFrom("burst", "minute"),
    quota: integer({ min: 1, max: 24 }),
    seconds: constantFrom(1, 2, 7, 60),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 2 },
);
const processes = integer({ min: 1, max: 4 });

describe("the gate", () => {
  test("never lets a caller pass a limit by one, however the callers come, and wherever the clock is turned", async () => {
    const step = record({
      /** Mostly on by a little, at times far, and at times back. */
      turnMs: oneof(integer({ min: 0, max: 700 }), integer({ min: 0, max: 90_000 }), integer({ min: -200_000, max: -1 })),
      count: integer({ min: 1, max: 10 }),
      caller: constantFrom("ada", "ben"),
    });
    await assert(
      asyncProperty(windowsOf, processes, array(step, { minLength: 1, maxLength: 8 }), async (windows, count, steps) => {
        const { time, burst } = system(windows, Array(count).fill(0));
        /** By caller, window, its start and how often the clock had been turned back by then: time that is lived through again is other time. */
        const used = new Map<string, number>();
        let turnedBack = 0;
        for (const { turnMs, count, caller } of steps) {
          if (turnMs < 0) turnedBack += 1;
          time.now += turnMs;
          const passed = await burst(count, caller);
          for (const { name, quota, seconds } of windows) {
            const start = Math.floor(time.now / 1_000 / seconds);
            const counted = `${caller} ${name} ${start} ${turnedBack}`;
            used.set(counted, (used.get(counted) ?? 0) + passed);
            expect(used.get(counted)).toBeLessThanOrEqual(quota);
          }
        }
      }),
      {
        numRuns: 15,
        examples: [
          // What is left of a lease is not for the next window, nor for one before it, to which a clock was turned back.
          [
            [{ name: "burst", quota: 8, seconds: 1 }],
            1,
            [
              { turnMs: 900, count: 1, caller: "ben" },
              { turnMs: 200, count: 9, caller: "ben" },
            ],
          ],
          [
            [{ name: "burst", quota: 8, seconds: 1 }],
            1,
            [
              { turnMs: -1, count: 1, caller: "ben" },
              { turnMs: -2_000, count: 9, caller: "ben" },
            ],
          ],
        ],
      },
    );
  });

  test("lets 64 callers at once through up to the limit, not one more, and all of the limit in one process", async () => {
    await assert(
      asyncProperty(windowsOf, processes, async (windows, count) => {
        const passed = await system(windows, Array(count).fill(0)).burst(64, "ada");
        const quota = Math.min(...windows.map((window) => window.quota));
        expect(passed).toBeLessThanOrEqual(quota);
        if (count === 1) expect(passed).toBe(quota);
      }),
      { numRuns: 6 },
    );
  });

  test("never gives more than its limit for each window that any process can think it is in, whose clocks differ by less than one", async () => {
    await assert(
      asyncProperty(
        record({ quota: integer({ min: 1, max: 5 }), seconds: constantFrom(2, 5) }),
        array(integer({ min: 0, max: 1_999 }), { minLength: 2, maxLength: 4 }),
        array(record({ turnMs: integer({ min: 0, max: 1_200 }), count: integer({ min: 1, max: 12 }) }), { minLength: 1, maxLength: 8 }),
        async ({ quota, seconds }, skewsMs, steps) => {
          const { time, burst } = system([{ name: "burst", quota, seconds }], skewsMs);
          const starts = new Set<number>();
          let passed = 0;
          for (const { turnMs, count } of steps) {
            time.now += turnMs;
            for (const skewMs of skewsMs) starts.add(Math.floor((time.now + skewMs) / 1_000 / seconds));
            passed += await burst(count, "ada");
            expect(passed).toBeLessThanOrEqual(quota * starts.size);
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  test("lets whoever comes once in a while through as often as it says, since what a lease leaves unused is small", async () => {
    await assert(
      asyncProperty(
        constantFrom([10, 900], [100, 3_600], [30, 60], [300, 60]),
        integer({ min: 1_001, max: 3_000 }),
        async ([quota = 0, seconds = 0], everyMs) => {
          const { time, burst } = system([{ name: "attempts", quota, seconds }], [0]);
          const times = Math.min(quota, Math.floor((seconds * 1_000) / everyMs));
          let passed = 0;
          for (let i = 0; i < times; i += 1) {
            passed += await burst(1, "ada");
            time.now += everyMs;
          }
          expect(passed).toBe(times);
        },
      ),
      { numRuns: 4, examples: [[[10, 900], 1_001]] },
    );
  });
});
