import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { budgetStore } from "../budgets/index.ts";
import { capacityStore } from "../capacity/index.ts";
import { type Context, newId, Problem } from "../kernel/index.ts";
import { type Image, imageStore, shelfFor } from "../library/index.ts";
import type { Failed, FailureClass, Provider } from "../providers/index.ts";
import * as Generations from "./index.ts";
import { type Job, mayBecome } from "./job.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const epoch = Date.parse("2026-11-20T10:00:00.000Z");
const verbs = ["render", "render", "render", "cancel", "retry", "settle", "look after", "examine", "examine", "wait"] as const;
const step = record({ verb: constantFrom(...verbs), index: integer({ min: 0, max: 1 }), sound: boolean() });
/** What the provider does when it is called: it draws, cannot, refuses the words, or breaks, and the worker with it. */
const answers = ["draws", "draws", "cannot", "refuses", "breaks"] as const;

const asked = (verb: (typeof verbs)[number], index = 0) => ({ verb, index, sound: true });

/** A job for two images and all that happens to it. Tells each step of its row to `walked`. */
async function makeWorld(ways: readonly (typeof answers)[number][], walked: (from: Job, to: Job) => void) {
  const time = { now: epoch };
  const clock = { now: () => time.now, sleepUntil: async () => undefined };
  const ctx: Context = { actor: { kind: "system" }, role: "owner", workspaceId: newId("wks", epoch), correlationId: "req_law", clock };
  const images = imageStore(database.table);
  const store = Generations.jobStore(database.table);
  const jobs: Generations.JobStore = {
    ...store,
    async save(job, more) {
      const before = await store.get(job);
      await store.save(job, more);
      if (before) walked(before, job);
    },
  };
  const delivered: string[] = [];
  const library: Generations.Library = {
    ...shelfFor({ images }),
    source: async () => undefined,
    deliver: async (_ctx, id) => {
      const row = await store.get({ workspaceId: ctx.workspaceId, id: job.id });
      // Nothing is handed on for a job that has ended.
      expect(row?.state).toBe("rendering");
      delivered.push(id);
    },
  };
  let called = 0;
  const failed = (which: FailureClass): Failed => ({ kind: "failed", failure: { class: which, detail: "not this" } });
  const sketch: Provider = {
    name: "sketch",
    missing: () => [],
    estimate: () => 0,
    async submit() {
      const way = ways[called % ways.length];
      called += 1;
      if (way === "cannot") return failed("bad-request");
      if (way === "refuses") return failed("refused");
      if (way === "breaks") throw new Error("broken");
      return { kind: "done", outputs: [{ kind: "bytes", bytes: Buffer.of(), mimeType: "image/png" }], costMicroUsd: 0 };
    },
    fetchOutput: async () => ({ kind: "file", bytes: Buffer.of(), mimeType: "image/png" }),
  };
  const budgets = budgetStore(database.table);
  const capacity = capacityStore(database.table, () => undefined);
  const safety = safetyOn(database.table);
  const deps = { jobs, library, budgets, capacity, safety, providers: () => sketch, later: async () => undefined };
  const job = await Generations.request(ctx, deps, Generations.GenerationRequest.parse({ prompt: "fog", count: 2 }));
  const ref = { workspaceId: ctx.workspaceId, id: job.id };
  const now = async () => (await store.get(ref)) as Job;

  /** What the library makes of a file that has been handed on. */
  async function examine(index: number, sound: boolean): Promise<void> {
    const id = (await now()).imageIds[index] ?? "";
    const image = await images.get(ctx.workspaceId, id);
    if (image?.state !== "processing" || image.deletedAt !== undefined || !delivered.includes(id)) return;
    const examined: Image = { ...image, state: sound ? "in_review" : "quarantined", version: image.version + 1 };
    await images.write(images.replacement(examined));
  }

  async function run({ verb, index, sound }: { verb: (typeof verbs)[number]; index: number; sound: boolean }): Promise<unknown> {
    if (verb === "render") return Generations.render(ctx, deps, ref).catch(unlessBroken);
    if (verb === "cancel") return Generations.cancel(ctx, deps, job.id);
    if (verb === "retry") return Generations.retry(ctx, deps, job.id);
    if (verb === "settle") return Generations.settle(ctx, deps, ref);
    if (verb === "look after") return Generations.lookAfter(ctx, deps);
    if (verb === "examine") return examine(index, sound);
    time.now += index === 0 ? 31_000 : 11 * 60_000;
  }
  return { run, now, stands: async (job: Job) => library.progress(job) };
}

/** The queue brings the message again. */
const unlessBroken = (error: unknown): void => {
  if (!(error instanceof Error) || error.message !== "broken") throw error;
};

test("whatever happens to a generation in whatever order, it walks only allowed steps, and its end says how its images stand", async () => {
  const walkedAll = new Set<string>();
  await assert(
    asyncProperty(
      array(step, { minLength: 3, maxLength: 16, size: "max" }),
      array(constantFrom(...answers), { minLength: 1, maxLength: 5 }),
      async (steps, ways) => {
        const wrong: string[] = [];
        const { run, now, stands } = await makeWorld(ways, (from, to) => {
          walkedAll.add(`${from.state} → ${to.state}`);
          if (!mayBecome(from.state, to.state) || to.version !== from.version + 1)
            wrong.push(`${from.state} ${from.version} → ${to.state} ${to.version}`);
        });
        let before = await now();
        for (const step of steps) {
          let refused = false;
          try {
            await run(step);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            refused = true;
          }
          const after = await now();
          if (refused || after.version === before.version) expect(after).toEqual(before);
          expect(wrong).toEqual([]);
          expect(after.attempts.length).toBeLessThanOrEqual(2 * Generations.maxAttempts);
          const images = await stands(after);
          if (after.state === "succeeded") expect(images).toContain("good");
          if (after.state === "succeeded" || after.state === "failed" || after.state === "refused") expect(images).not.toContain("pending");
          before = after;
        }
      },
    ),
    {
      numRuns: 8,
      examples: [
        [[asked("render"), asked("examine", 0), asked("examine", 1), asked("settle"), asked("cancel"), asked("retry")], ["draws"]],
        // Nothing has been examined, and then one of two.
        [[asked("render"), asked("settle"), asked("examine", 1), asked("settle")], ["draws"]],
        // A provider that can do nothing with either image, and one that refuses the words.
        [[asked("render"), asked("retry"), asked("cancel")], ["cannot"]],
        [[asked("render"), asked("retry")], ["refuses"]],
        // A provider that draws one of two images and then refuses.
        [
          [asked("render"), asked("examine", 0), asked("settle")],
          ["draws", "refuses"],
        ],
        [
          [asked("render"), asked("wait", 0), asked("render"), asked("examine", 0)],
          ["draws", "breaks", "draws"],
        ],
      ],
    },
  );
  const all = [
    "queued → rendering",
    "rendering → rendering",
    "rendering → succeeded",
    "rendering → failed",
    "rendering → refused",
    "failed → queued",
    "queued → canceled",
  ];
  for (const step of all) expect(walkedAll).toContain(step);
});
