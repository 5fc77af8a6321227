import { type Fault, type Provider as Simulator, providers as simulators } from "@atelier/simulators";
import { type Arbitrary, array, assert, asyncProperty, boolean, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { openWorkshop } from "../../../../tests/harness/workshop.ts";
import { budgetStore } from "../budgets/index.ts";
import { type Context, instant, Problem } from "../kernel/index.ts";
import type { Failed, FailureClass, TextDone, TextModel, TextRequest } from "../providers/index.ts";
import { callStore, textCatalogueOf, type Wanted, type WritingDeps, write } from "../writing/index.ts";
import { countGeneration, countSettled, metricsStore, report } from "./index.ts";

let database: TestTable;
let stability: Simulator;
beforeAll(async () => {
  [database, stability] = await Promise.all([startTable(), simulators.stability()]);
});
afterAll(async () => {
  await Promise.all([database.close(), stability.close()]);
});

/** How a call to a model of text ends. `dies`: whoever made it does, before its end is written. */
type End = { kind: "answered"; costMicroUsd: number } | { kind: FailureClass; billedMicroUsd: number } | { kind: "dies" };
class Died extends Error {}

/** A workspace whose pictures are drawn by the real worker, and whose models of text end as they are told to. */
function workspace() {
  /** The generation that somebody stops while its provider is asked. */
  let stopped: string | undefined;
  const workshop = openWorkshop(database.table, {
    simulators: { stability },
    over: (provider) => ({
      ...provider,
      async submit(picture) {
        if (stopped !== undefined) await workshop.cancel(stopped);
        stopped = undefined;
        return provider.submit(picture);
      },
    }),
  });
  const { ctx, time } = workshop;
  const ends: End[] = [];
  const model: TextModel = {
    name: "deepinfra",
    title: "Words",
    missing: () => [],
    estimate: () => 5_000,
    async complete<Value>({ model }: TextRequest<Value>): Promise<Failed | TextDone<Value>> {
      const end = ends.shift();
      if (!end || end.kind === "dies") throw new Died();
      if (end.kind === "answered")
        return { kind: "done", text: "words", model, tokensIn: 5, tokensOut: 5, cut: false, costMicroUsd: end.costMicroUsd };
      return { kind: "failed", failure: { class: end.kind, detail: "not now", billedMicroUsd: end.billedMicroUsd } };
    },
  };
  const metrics = metricsStore(database.table);
  const budgets = budgetStore(database.table);
  const deps: WritingDeps = {
    ...{ budgets, metrics, calls: callStore(database.table), models: () => model },
    capacity: { take: async () => ({ kind: "place" }), giveBack: async () => undefined, pauses: async () => ({}) },
    catalogue: textCatalogueOf((name) => (["deepinfra", "openai"].includes(name) ? [] : ["a key"])),
  };
  const ask = (name: string, end: End, more: Partial<Wanted<unknown>> = {}, as: Context = ctx) => {
    ends.push(end);
    const work = write(as, deps, { prompt: "A red fox waits.", maxTokens: 20, models: [name], ...more });
    return work.catch((error: unknown) => {
      if (!(error instanceof Problem) && !(error instanceof Died)) throw error;
    });
  };
  const draw = async (fault: Fault | undefined, isStopped: boolean) => {
    if (fault) stability.order(fault);
    const { id } = await workshop.ask({ provider: "stability" });
    if (isStopped) stopped = id;
    workshop.queue.push({ at: time.now, ref: { workspaceId: ctx.workspaceId, id } });
    await workshop.drive();
    // News of it come more than once, and at once.
    await Promise.all([1, 2].map(() => countGeneration(ctx, { metrics, jobs: workshop.jobs }, id)));
    await countGeneration(ctx, { metrics, jobs: workshop.jobs }, id);
    const { createdAt, attempts } = await workshop.job({ workspaceId: ctx.workspaceId, id });
    for (const attempt of attempts.filter(({ late }) => late))
      await Promise.all([1, 2].map(() => countSettled(ctx, { metrics }, `evt_${attempt.id}`, { attempt, createdAt })));
  };
  return {
    ...{ ctx, time, ask, draw },
    figures: async (by: "all" | "day" | "text_model", as: Context = ctx) => (await report(as, { metrics }, { by })).items,
    calls: async () => (await deps.calls.list(ctx.workspaceId, { limit: 100 })).items,
    booked: async (day: string) => (await budgets.month(ctx.workspaceId, day.slice(0, 7))).sums[`all/${day.slice(8)}`] ?? 0,
  };
}

const dayMs = 24 * 60 * 60_000;
const ends = ["answered", "refused", "misfit", "fall-back", "unknown-outcome", "dies"] as const;
const step = record({
  what: constantFrom("text", "text", "text", "picture", "day"),
  name: constantFrom("deepinfra", "openai"),
  end: constantFrom("answered", ...ends),
  fault: constantFrom<Fault | undefined>(undefined, "refuse", "unavailable", "resetAfter"),
  costs: integer({ min: 1, max: 5_000 }),
  payer: constantFrom<"operator" | undefined>(undefined, undefined, undefined, "operator"),
  isStopped: boolean(),
});
type Step = typeof step extends Arbitrary<infer Value> ? Value : never;

/** Every way to spend, whatever chance brings. */
const [base, all]: [Step, Step[]] = [
  { what: "text", name: "deepinfra", end: "answered", fault: undefined, costs: 700, payer: undefined, isStopped: false },
  [],
];
for (const end of ends) all.push({ ...base, end }, { ...base, end, payer: "operator" });
for (const fault of [undefined, "refuse", "unavailable", "resetAfter"] as const)
  for (const isStopped of [false, true]) all.push({ ...base, what: "picture", fault, isStopped });

const endOf = (kind: End["kind"], cost: number): End =>
  kind === "answered" ? { kind, costMicroUsd: cost } : kind === "dies" ? { kind } : { kind, billedMicroUsd: cost };

test("what figures say was spent on pictures and texts in a day is what the budget has booked, and counts are those of the book", async () => {
  await assert(
    asyncProperty(array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      const { ctx, time, ask, draw, figures, calls, booked } = workspace();
      for (const { what, name, end, fault, costs, payer, isStopped } of steps) {
        if (what === "day") time.now += dayMs;
        else if (what === "picture") await draw(fault, isStopped);
        else await ask(name, endOf(end, costs), { ...(payer && { payer }) });
      }
      const days = await figures("day");
      for (const { day = "", costMicroUsd, textCostMicroUsd } of days) expect(costMicroUsd + textCostMicroUsd).toBe(await booked(day));
      const [sums] = await figures("all");
      const spent = await Promise.all(days.map(({ day = "" }) => booked(day)));
      expect((sums?.costMicroUsd ?? 0) + (sums?.textCostMicroUsd ?? 0)).toBe(spent.reduce((a, b) => a + b, 0));
      const own = (await calls()).filter(({ payer }) => payer === undefined);
      const count = (outcome: string) => own.filter((call) => call.outcome === outcome).length;
      expect(sums).toMatchObject({
        textsAnswered: count("answered"),
        textsFailed: count("failed"),
        textsRefused: count("refused"),
        textCostMicroUsd: own.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
      });
      const models = await figures("text_model");
      for (const { provider, textCostMicroUsd, costMicroUsd } of models) {
        const those = own.filter((call) => call.provider === provider);
        expect([textCostMicroUsd, costMicroUsd]).toEqual([those.reduce((sum, call) => sum + call.costMicroUsd, 0), 0]);
      }
      expect(models.reduce((sum, { textCostMicroUsd }) => sum + textCostMicroUsd, 0)).toBe(sums?.textCostMicroUsd);
      expect(await figures("all", { ...ctx, workspaceId: `${ctx.workspaceId}x` })).toMatchObject([{ textCostMicroUsd: 0 }]);
    }),
    { numRuns: 10, examples: [[all]] },
  );
});

test("a call that nobody has ended counts at once with what was reserved, and its end takes that back, in the same two writes as before", async () => {
  const { ask, figures, booked, time } = workspace();
  const day = instant(time.now).slice(0, 10);
  await ask("deepinfra", { kind: "dies" });
  expect(await figures("text_model")).toMatchObject([{ provider: "deepinfra", textsAnswered: 0, textsFailed: 0, textCostMicroUsd: 5_000 }]);
  database.calls.length = 0;
  await ask("deepinfra", { kind: "answered", costMicroUsd: 123 });
  expect(database.calls.filter((call) => call === "TransactWriteItemsCommand")).toHaveLength(2);
  expect(await figures("text_model")).toMatchObject([{ textsAnswered: 1, textCostMicroUsd: 5_123 }]);
  expect(await booked(day)).toBe(5_123);
});
