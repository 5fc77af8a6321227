import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Conflict, type Context, insert, newId } from "../kernel/index.ts";
import {
  assertAffordable,
  budgetStore,
  type Cap,
  defaultCap,
  type Expense,
  reservation,
  setCap,
  settlement,
  standings,
  watch,
} from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const noon = Date.parse("2026-11-20T12:00:00Z");

function world(at = noon) {
  const time = { now: at };
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: { now: () => time.now, sleepUntil: async () => undefined },
  };
  const deps = { budgets: budgetStore(database.table) };
  let records = 0;
  const expense = (microUsd: number, more: Partial<Expense> = {}): Expense => ({
    workspaceId: ctx.workspaceId,
    userId: "ada",
    provider: "replicate",
    microUsd,
    at: time.now,
    ...more,
  });
  /** Reserves together with a record of what it is for, as whoever calls a provider does; false where the caps have no room. */
  const reserve = async (wanted: Expense): Promise<boolean> => {
    const write = await reservation(wanted, deps);
    records += 1;
    const row = insert({ pk: `workspace/${ctx.workspaceId}/records`, sk: String(records), version: 1 });
    try {
      await database.table.write(row, ...(write ? [write] : []));
      return true;
    } catch (error) {
      if (error instanceof Conflict && error.index === 1) return false;
      throw error;
    }
  };
  const used = async () => (await standings(ctx, deps))[0]?.usedMicroUsd ?? 0;
  return { ctx, deps, time, expense, reserve, used };
}

const dollar = 1_000_000;

describe("a cap", () => {
  test("is never passed by what runs at once, whatever it costs, and what was reserved is what was let through", async () => {
    await assert(
      asyncProperty(
        array(integer({ min: 1, max: 90_000 }), { minLength: 50, maxLength: 50 }),
        constantFrom("workspace", "account", "provider"),
        constantFrom("day", "month"),
        async (costs, scope, period) => {
          const { ctx, deps, expense, reserve } = world();
          await setCap(ctx, deps, { scope, period, capMicroUsd: dollar, ...(scope === "provider" && { provider: "replicate" }) });
          const passed = await Promise.all(costs.map(async (cost) => ((await reserve(expense(cost))) ? cost : 0)));
          const sum = passed.reduce((a, b) => a + b, 0);
          const cap = (await standings(ctx, deps)).find((standing) => standing.scope === scope && standing.period === period);
          expect(sum).toBeLessThanOrEqual(dollar);
          expect(cap?.usedMicroUsd).toBe(sum);
          // Nobody was refused who would still have had room at the end.
          const refused = costs.filter((_, i) => passed[i] === 0);
          expect(refused.every((cost) => sum + cost > dollar)).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  });

  test("adds up to the micro-dollar through reserving, settling and letting go, in any order", async () => {
    const step = record({ reserved: integer({ min: 1, max: 300_000 }), share: constantFrom(0, 0.25, 1), at: constantFrom("now", "later") });
    await assert(
      asyncProperty(array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        const { deps, expense, reserve, used } = world();
        const open: { was: Expense; cost: number }[] = [];
        let expected = 0;
        for (const { reserved, share, at } of steps) {
          const was = expense(reserved);
          if (!(await reserve(was))) continue;
          expected += reserved;
          open.push({ was, cost: Math.floor(reserved * share) });
          if (at === "later") continue;
          for (const { was: settled, cost } of open.splice(0)) {
            const write = settlement(deps, settled, cost);
            if (write) await database.table.write(write);
            expected += cost - settled.microUsd;
          }
          expect(await used()).toBe(expected);
        }
        expect(await used()).toBe(expected);
      }),
      { numRuns: 6 },
    );
  });

  test("of a period says nothing of the next, and what was reserved before midnight is settled on its own day", async () => {
    const { deps, time, expense, reserve, used } = world(Date.parse("2026-11-30T23:59:59Z"));
    const was = expense(5 * dollar);
    expect(await reserve(was)).toBe(true);
    expect(await reserve(expense(1))).toBe(false);
    time.now += 2_000;
    expect(await used()).toBe(0);
    expect(await reserve(expense(5 * dollar))).toBe(true);
    const write = settlement(deps, was, dollar);
    if (write) await database.table.write(write);
    expect(await used()).toBe(5 * dollar);
    time.now -= 2_000;
    expect(await used()).toBe(dollar);
  });
});

test("a workspace that never chose has five dollars a day, and what costs nothing needs none of them", async () => {
  const { ctx, deps, expense, reserve } = world();
  expect(await standings(ctx, deps)).toMatchObject([{ ...defaultCap, usedMicroUsd: 0, leftMicroUsd: 5 * dollar }]);
  expect(await reserve(expense(5 * dollar))).toBe(true);
  await expect(assertAffordable(ctx, deps, { provider: "stability", microUsd: 30_000 })).rejects.toMatchObject({
    type: { status: 402, code: "generation/budget-spent" },
    message: expect.stringContaining("$0.00 of $5.00 left, and this may cost $0.03"),
  });
  await assertAffordable(ctx, deps, { provider: "sketch", microUsd: 0 });
  expect(await reservation(expense(0), deps)).toBeUndefined();
});

test("a cap on one provider holds back no other, and a new one stands in the place of the old", async () => {
  const { ctx, deps, expense, reserve } = world();
  const cap: Cap = { scope: "provider", provider: "replicate", period: "day", capMicroUsd: dollar };
  await setCap(ctx, deps, cap);
  expect(await reserve(expense(dollar + 1))).toBe(false);
  expect(await reserve(expense(dollar + 1, { provider: "stability" }))).toBe(true);
  await setCap(ctx, deps, { ...cap, capMicroUsd: 2 * dollar });
  expect(await reserve(expense(dollar + 1))).toBe(true);
  expect((await deps.budgets.caps(ctx.workspaceId)).caps).toHaveLength(1);
});

test("people are told once at 80 % and once at 100 % of a cap, however many see it", async () => {
  const { ctx, deps, expense, reserve } = world();
  const told: string[] = [];
  const budgets = {
    ...deps.budgets,
    tell: async (...[workspaceId, month, name, event]: Parameters<typeof deps.budgets.tell>) => {
      const first = await deps.budgets.tell(workspaceId, month, name, event);
      if (first) told.push(`${event.type} ${String(event.data?.share)}`);
      return first;
    },
  };
  for (const cost of [3 * dollar, 0.9 * dollar, 0.2 * dollar, 0.8 * dollar, 0.1 * dollar]) {
    const made = expense(cost);
    expect(await reserve(made)).toBe(true);
    await Promise.all([1, 2, 3].map(() => watch(ctx, { budgets }, made)));
  }
  expect(told).toEqual(["budgets.cap.reached 0.8", "budgets.cap.reached 1"]);
});

test("what was spent in the last second of a month is told as that month's, also in the next", async () => {
  const { ctx, deps, expense, reserve } = world();
  const at = Date.UTC(2026, 10, 30, 23, 59, 59);
  const made = expense(4.5 * dollar, { at });
  expect(await reserve(made)).toBe(true);
  const later = { ...ctx, clock: { ...ctx.clock, now: () => at + 5_000 } };
  const told: unknown[] = [];
  const budgets = { ...deps.budgets, tell: async (...[, , , { data }]: Parameters<typeof deps.budgets.tell>) => void told.push(data) };
  await watch(later, { budgets: budgets as never }, made);
  expect(told).toMatchObject([{ usedMicroUsd: 4.5 * dollar, share: 0.8, endsAt: "2026-12-01T00:00:00.000Z" }]);
});
