import { actorId, type Context, eventOf, Problem, persist, requireRole, type Write } from "../kernel/index.ts";
import { alertShares, type Cap, capsInForce, concerns, type Expense, maxCaps, monthOf, type Standing, standingOf } from "./budget.ts";
import { budgetProblems } from "./problems.ts";
import type { BudgetStore } from "./store.ts";

export type BudgetDeps = { budgets: BudgetStore };

/** Every cap that is in force, and how far it is used up. */
export async function standings(ctx: Context, deps: BudgetDeps): Promise<Standing[]> {
  return (await look(deps, { workspaceId: ctx.workspaceId, userId: actorId(ctx), at: ctx.clock.now() })).standings;
}

/** How the caps stood for a person at a time, and what was told of that month's. */
async function look({ budgets }: BudgetDeps, { workspaceId, userId, at }: Pick<Expense, "workspaceId" | "userId" | "at">) {
  const [{ caps }, { sums, told }] = await Promise.all([budgets.caps(workspaceId), budgets.month(workspaceId, monthOf(at))]);
  return { standings: capsInForce(caps).map((cap) => standingOf(cap, sums, { userId, at })), told };
}

/**
 * Sets a cap, or another one in its place. What was spent stays spent: a lower cap may be passed already, and then holds back what comes. An expense that
 * is being written at this very moment may still be held to the one before. Throws `auth/not-allowed` for whoever is no owner.
 */
export async function setCap(ctx: Context, { budgets }: BudgetDeps, cap: Cap): Promise<void> {
  requireRole(ctx, ["owner"], "set budgets");
  await persist(async () => {
    const { caps, version } = await budgets.caps(ctx.workspaceId);
    const others = caps.filter(({ scope, period, provider }) => scope !== cap.scope || period !== cap.period || provider !== cap.provider);
    if (others.length >= maxCaps)
      throw new Problem(budgetProblems.tooMany, `${maxCaps} caps are the most. Change one of them: GET /v1/budgets tells which there are.`);
    await budgets.saveCaps({ workspaceId: ctx.workspaceId, caps: [...others, cap], version: version + 1 });
  });
}

/** Throws `generation/budget-spent`, with what is left, where the caps have no room for so much now. It holds nothing: {@link reservation} does. */
export async function assertAffordable(ctx: Context, deps: BudgetDeps, expense: Pick<Expense, "provider" | "microUsd">): Promise<void> {
  if (expense.microUsd === 0) return;
  const tight = (await standings(ctx, deps)).filter((standing) => concerns(standing, expense) && standing.leftMicroUsd < expense.microUsd);
  const [tightest] = tight.sort((a, b) => a.leftMicroUsd - b.leftMicroUsd);
  if (tightest) throw spent(tightest, expense.microUsd);
}

/**
 * The write that takes an expense from what is left, for the transaction that writes down what it is for: money is never spoken for without a record
 * of why, and caps are never passed, whatever runs beside it. Where there is no room that transaction meets a `Conflict` at this write. Undefined if it
 * costs nothing.
 */
export async function reservation(expense: Expense, { budgets }: BudgetDeps): Promise<Write | undefined> {
  if (expense.microUsd === 0) return undefined;
  const { caps } = await budgets.caps(expense.workspaceId);
  return budgets.reservation(expense, capsInForce(caps));
}

/** The write that makes of what was reserved what it has cost, for the transaction that writes down the outcome. Undefined if they are the same. */
export function settlement({ budgets }: BudgetDeps, reserved: Expense, costMicroUsd: number): Write | undefined {
  const microUsd = costMicroUsd - reserved.microUsd;
  return microUsd === 0 ? undefined : budgets.correction({ ...reserved, microUsd });
}

/** Once in its period and for each share, a cap that is nearly or all used up is news. Call it after an expense was reserved. */
export async function watch(ctx: Context, deps: BudgetDeps, expense: Expense): Promise<void> {
  const { workspaceId, userId, provider, at } = expense;
  // At the time of the expense: the last one of a month is watched when the next may have begun.
  const { standings, told } = await look(deps, expense);
  for (const standing of standings) {
    if (!concerns(standing, expense) || standing.usedMicroUsd === 0) continue;
    for (const share of alertShares) {
      if (standing.usedMicroUsd < standing.capMicroUsd * share) continue;
      const { scope, period, capMicroUsd, usedMicroUsd, endsAt } = standing;
      const whose = scope === "workspace" ? "" : scope === "account" ? userId : provider;
      const name = [scope, whose, period, endsAt, share].join(" ");
      if (told.has(name)) continue;
      const data = {
        scope,
        period,
        capMicroUsd,
        usedMicroUsd,
        endsAt,
        share,
        ...(scope === "account" && { userId }),
        ...(scope === "provider" && { provider }),
      };
      const event = eventOf(ctx, "budgets.cap.reached", { id: workspaceId, workspaceId, version: 0 }, data);
      await deps.budgets.tell(workspaceId, monthOf(at), name, event);
    }
  }
}

/** 1,234,567 → “$1.23”; less than a cent in full. */
export const dollars = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(microUsd !== 0 && Math.abs(microUsd) < 10_000 ? 6 : 2)}`;

const named = ({ scope, period, provider }: Cap): string => {
  const whose = { workspace: "The workspace's", account: "Your own", provider: `The ${provider}` }[scope];
  return `${whose} budget of the ${period}`;
};

/** The problem of a cap that has no room for so much. */
export const spent = (standing: Standing, neededMicroUsd: number): Problem =>
  new Problem(
    budgetProblems.spent,
    `${named(standing)} has ${dollars(standing.leftMicroUsd)} of ${dollars(standing.capMicroUsd)} left, and this may cost ${dollars(neededMicroUsd)}. Ask for less, wait until ${standing.endsAt}, or raise it: PUT /v1/budgets.`,
    { extra: { leftMicroUsd: standing.leftMicroUsd, neededMicroUsd } },
  );
