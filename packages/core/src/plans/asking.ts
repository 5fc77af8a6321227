import type { BudgetDeps } from "../budgets/index.ts";
import { type JobStore, orderedFor, quote, requestBeside } from "../generation/index.ts";
import { type Context, instant, Problem, type Trouble, troubleOf, type Write } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import { type AskDeps, requestFor } from "./ask.ts";
import { dayAt } from "./days.ts";
import type { Plan } from "./plan.ts";
import { planProblems } from "./problems.ts";
import type { Run } from "./run.ts";
import type { PlanStore } from "./store.ts";
import { aheadOf } from "./window.ts";

/** Port to the rows of the library: images as they are now. */
export type Images = { getMany(workspaceId: string, ids: readonly string[]): Promise<(Image | undefined)[]> };

export type RunDeps = AskDeps & BudgetDeps & { plans: PlanStore; jobs: JobStore; images: Images };

/** What one step came to: the plan as it was written or read, and whether another step may follow at once. */
export type Step = { plan: Plan; again: boolean };

export type Made = { run: Run; beside: Write[]; trouble?: Trouble | undefined; costMicroUsd: number };

/**
 * The run with its generation, and the write of that; or, where a budget, the catalogue or the template refuses it, the run that was skipped and why. It is
 * asked for in the name of whoever made the plan, under the id of the run.
 */
export async function ask(ctx: Context, deps: RunDeps, plan: Plan, run: Run, count: number): Promise<Made> {
  const as: Context = { ...ctx, actor: { kind: "user", userId: plan.createdBy }, correlationId: run.id };
  try {
    const request = await requestFor(as, deps, plan, run.id, count);
    const catalogue = await orderedFor(as, deps, request);
    const { costMicroUsd } = quote(as, request, catalogue);
    const over = capTrouble(ctx, plan, costMicroUsd);
    if (over) return skipped(run, over);
    const { job, writes } = await requestBeside(as, { ...deps, catalogue }, request);
    const { id: generationId, imageIds } = job;
    return { run: { ...run, images: count, generationId, imageIds, costMicroUsd }, beside: writes, costMicroUsd };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
    return skipped(run, troubleOf(error.type, [error.message, ...faults].join(" ").slice(0, 2_000)));
  }
}

const skipped = (run: Run, trouble: Trouble): Made => ({
  run: { ...run, state: "skipped", problem: trouble },
  beside: [],
  trouble,
  costMicroUsd: 0,
});

const todayOf = (ctx: Context, { timeZone }: Plan): string => dayAt(ctx.clock.now(), aheadOf(timeZone, ctx.clock.now()));

const spentToday = (ctx: Context, plan: Plan): number => (plan.spent?.day === todayOf(ctx, plan) ? plan.spent.microUsd : 0);

function capTrouble(ctx: Context, plan: Plan, costMicroUsd: number): Trouble | undefined {
  const { capPerDayMicroUsd: cap } = plan;
  if (cap === undefined || costMicroUsd === 0 || spentToday(ctx, plan) + costMicroUsd <= cap) return undefined;
  const left = cap - spentToday(ctx, plan);
  return troubleOf(
    planProblems.capReached,
    `Of the ${cap} micro-dollars that this plan may spend on a day, ${left} are left, and this costs ${costMicroUsd}.`,
  );
}

/** The plan with what was asked for, or the reason why nothing was. */
export function withAsk(ctx: Context, plan: Plan, { trouble, costMicroUsd }: Pick<Made, "trouble" | "costMicroUsd">): Plan {
  const { trouble: _before, ...kept } = plan;
  return {
    ...kept,
    ...(trouble && { trouble }),
    ...(!trouble && { asks: plan.asks + 1 }),
    ...(costMicroUsd > 0 && { spent: { day: todayOf(ctx, plan), microUsd: spentToday(ctx, plan) + costMicroUsd } }),
    updatedAt: instant(ctx.clock.now()),
    version: plan.version + 1,
  };
}
