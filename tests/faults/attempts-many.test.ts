import type { Job } from "@atelier/core/generation";
import { type Fault, providers, type Provider as Simulator } from "@atelier/simulators";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomFrom } from "../../packages/local/src/faults/book.ts";
import { asMany, seeds, tell } from "../harness/seeds.ts";
import { startTable, type TestTable } from "../harness/table.ts";
import { Died, openWorkshop } from "../harness/workshop.ts";

const names = ["replicate", "stability", "gemini", "huggingface"] as const;
/** Beside workers that die. Those that only time ends are tried one by one elsewhere. */
const faults: readonly Fault[] = [
  "throttle",
  "serverError",
  "unavailable",
  "outOfCredit",
  "garbage",
  "resetBefore",
  "resetAfter",
  "refuse",
  "truncatedImage",
  "wrongType",
  "cutShort",
];
const jobsEach = asMany(80, 1_000);
const chance = 0.03;
const deaths = 0.03;
/** As many workers as are at it at the same time. */
const atOnce = 10;

let database: TestTable;
let simulators: Record<(typeof names)[number], Simulator>;
beforeAll(async () => {
  database = await startTable();
  const [replicate, stability, gemini, huggingface] = await Promise.all(names.map((name) => providers[name]()));
  if (!replicate || !stability || !gemini || !huggingface) throw new Error("A stand-in has not started.");
  simulators = { replicate, stability, gemini, huggingface };
});
afterAll(async () => {
  for (const simulator of Object.values(simulators)) await simulator.close();
  await database.close();
});

describe.each(seeds)("many generations at several providers that fail as chance wants it, seed %i", (seed) => {
  test("all come to an end, and the books are right to the micro-dollar", async () => {
    const random = randomFrom(seed);
    for (const simulator of Object.values(simulators)) {
      simulator.behave();
      for (const [index, fault] of faults.entries()) simulator.order(fault, { chance, seed: seed * 100 + index });
    }
    const dying = async <T>(work: Promise<T>): Promise<T> => {
      if (random() < deaths) throw new Died();
      const done = await work;
      if (random() < deaths) throw new Died();
      return done;
    };
    const shop = openWorkshop(database.table, {
      simulators,
      patience: { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 },
      random,
      limits: () => ({ atOnce: 20, perMinute: 60_000 }),
      over: (provider) => ({
        ...provider,
        submit: (picture) => dying(provider.submit(picture)),
        fetchOutput: (output) => dying(provider.fetchOutput(output)),
      }),
    });
    await shop.setCap({ scope: "workspace", period: "day", capMicroUsd: 20_000 * jobsEach });
    const asked: Job[] = [];
    for (let i = 0; i < jobsEach; i += 1) {
      const first = Math.floor(random() * names.length);
      const order = names.map((_, place) => names[(first + place) % names.length]).slice(0, 1 + Math.floor(random() * names.length));
      asked.push(await shop.ask({ prompt: `fox ${seed}.${i}.`, providers: order, count: random() < 0.2 ? 2 : 1 }));
    }
    for (let i = 0; i < asked.length; i += atOnce) await Promise.all(asked.slice(i, i + atOnce).map((job) => shop.work(job)));
    await shop.drive(100 * jobsEach);

    const taken = Object.values(simulators).flatMap(({ predictions }) => predictions());
    let costs = 0;
    const states: Record<string, number> = {};
    for (const { id, workspaceId, prompt } of asked) {
      const job = await shop.job({ id, workspaceId });
      const told = JSON.stringify(job, undefined, 1);
      states[job.state] = (states[job.state] ?? 0) + 1;
      expect(["succeeded", "failed", "refused"], told).toContain(job.state);
      expect(
        job.attempts.filter(({ outcome }) => outcome === undefined),
        told,
      ).toEqual([]);
      const own = taken.filter((prediction) => prediction.prompt.includes(prompt));
      expect(own.length, told).toBeLessThanOrEqual(job.attempts.filter(({ reservedMicroUsd }) => reservedMicroUsd > 0).length);
      const billed = own.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
      if (job.attempts.some(({ outcome }) => outcome === "unknown")) expect(billed, told).toBeLessThanOrEqual(job.costMicroUsd);
      else expect(billed, told).toBe(job.costMicroUsd);
      expect(
        job.attempts.reduce((sum, { costMicroUsd = 0 }) => sum + costMicroUsd, 0),
        told,
      ).toBe(job.costMicroUsd);
      costs += job.costMicroUsd;
    }
    expect(await shop.booked()).toBe(costs);
    expect(costs).toBeLessThanOrEqual(20_000 * jobsEach);
    expect(states.succeeded ?? 0).toBeGreaterThan(jobsEach / 4);
    tell("generations", seed, { ...states, costs });
  }, 900_000);
});
