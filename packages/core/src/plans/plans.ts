import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { maxSeed } from "../generation/index.ts";
import {
  actorId,
  type Context,
  eventOf,
  instant,
  newId,
  notFound,
  type Page,
  Problem,
  persist,
  problems,
  type RowEvent,
  requireVersion,
} from "../kernel/index.ts";
import { type AskDeps, priceOfAsk } from "./ask.ts";
import { dayAt } from "./days.ts";
import { limits } from "./limits.ts";
import { isOver, nextSlot, type Plan, type Quota } from "./plan.ts";
import { planProblems } from "./problems.ts";
import type { PlanChange, PlanRequest } from "./request.ts";
import type { Run } from "./run.ts";
import { slotsAfter, type Window } from "./slots.ts";
import type { PlanStore } from "./store.ts";
import { aheadOf, spanOf } from "./window.ts";

/** `timeZone` is that of whoever asks: a plan without a zone of its own takes it. */
export type PlanDeps = AskDeps & { plans: PlanStore; timeZone: (userId: string) => Promise<string> };

const dayMs = 86_400_000;
/** How far ahead a first day, or the end of a quota, may lie. */
const furthestMs = 366 * dayMs;

export async function findPlan(ctx: Context, { plans }: Pick<PlanDeps, "plans">, id: string): Promise<Plan> {
  const plan = await plans.get({ workspaceId: ctx.workspaceId, id });
  if (!plan || plan.deletedAt !== undefined) throw notFound("plan");
  return plan;
}

export async function createPlan(ctx: Context, deps: PlanDeps, request: PlanRequest): Promise<Plan> {
  const plan = await draft(ctx, deps, request);
  await priceOfAsk(ctx, deps, plan.ask, perAsk(plan));
  await assertRoom(ctx, deps);
  await deps.plans.create(ctx, plan, begun(ctx, plan));
  return plan;
}

/** The plan that a request would make. Throws `request/invalid`, and `plans/never-runs`. */
async function draft(ctx: Context, { timeZone: zoneOf }: Pick<PlanDeps, "timeZone">, request: PlanRequest): Promise<Plan> {
  const { timeZone: zone, quota, rules = [], skipDates = [], startsOn, seed, ...rest } = request;
  const at = ctx.clock.now();
  const timeZone = zone ?? (await zoneOf(actorId(ctx)));
  const today = dayAt(at, aheadOf(timeZone, at));
  if (startsOn !== undefined && startsOn > dayAt(at + furthestMs)) throw refused("#/startsOn", "At most a year ahead.");
  return timed(ctx, {
    ...rest,
    id: newId("pln", at),
    workspaceId: ctx.workspaceId,
    state: "active",
    timeZone,
    rules,
    skipDates: [...new Set(skipDates)].sort(),
    startsOn: startsOn ?? today,
    ...(quota && { quota: quotaOf(ctx, timeZone, quota) }),
    asked: [],
    seed: seed ?? randomInt(maxSeed),
    cursor: { at, key: behindAll },
    asks: 0,
    createdBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  });
}

/** Sorts behind the keys of all slots. */
const behindAll = "~";

/** With when it has something to do. A quota looks at once. */
function timed(ctx: Context, plan: Plan): Plan {
  const { nextAt: _before, ...kept } = plan;
  if (plan.state !== "active") return kept;
  const nextAt = plan.quota ? ctx.clock.now() : nextSlot(plan)?.at;
  if (nextAt === undefined)
    throw new Problem(
      planProblems.neverRuns,
      "No day that is still to come fits a rule. Look at `days`, `monthDays`, `months`, `skipDates`, and the first and last day.",
    );
  return { ...kept, nextAt };
}

/** How many pictures one generation of it asks for at most. */
const perAsk = ({ quota }: Pick<Plan, "quota">): number => quota?.atOnce ?? 1;

function quotaOf(ctx: Context, timeZone: string, { approvals, by, atOnce, maxImages }: NonNullable<PlanRequest["quota"]>): Quota {
  const now = ctx.clock.now();
  const day = by.slice(0, 10);
  const dueBy = by.length === 10 ? spanOf(timeZone, day, "00:00", "00:00").endsAt : spanOf(timeZone, day, by.slice(11), "00:00").startsAt;
  if (dueBy <= now) throw refused("#/quota/by", `It is over: now it is ${instant(now)}.`);
  if (dueBy > now + furthestMs) throw refused("#/quota/by", "At most a year ahead.");
  const most = maxImages ?? Math.min(limits.quotaImages, approvals * 5);
  if (most < approvals) throw refused("#/quota/maxImages", "At least as many as are to be approved.");
  return { approvals, by, dueBy, atOnce, maxImages: most };
}

const refused = (pointer: string, detail: string) => new Problem(problems.invalid, detail, { errors: [{ pointer, detail }] });

async function assertRoom(ctx: Context, { plans }: Pick<PlanDeps, "plans">): Promise<void> {
  const { items } = await plans.list(ctx.workspaceId, { state: "active", limit: limits.activePlans });
  if (items.length >= limits.activePlans)
    throw new Problem(planProblems.tooMany, `${limits.activePlans} active plans are the most. Pause or delete one of them.`);
}

/** A quota does not wait for the minute's rule: its worker is told. */
const begun = (ctx: Context, plan: Plan): RowEvent | undefined =>
  plan.quota && plan.state === "active" ? eventOf(ctx, "plans.quota.begun", plan, { planId: plan.id }) : undefined;

/** A change of when it asks holds from now on: what is past is neither made up for nor taken back. */
export function changePlan(ctx: Context, deps: PlanDeps, id: string, change: PlanChange, ifVersion?: number): Promise<Plan> {
  return persist(async () => {
    const plan = requireVersion(await findPlan(ctx, deps, id), ifVersion, "plan");
    if (isOver(plan.state)) throw new Problem(planProblems.over, "It asks for nothing any more. Make another one: POST /v1/plans.");
    const changed = changedBy(ctx, plan, change);
    if (change.ask) await priceOfAsk(ctx, deps, change.ask, perAsk(changed));
    if (changed.state === "active" && plan.state !== "active") await assertRoom(ctx, deps);
    await deps.plans.save(changed, { event: begun(ctx, changed) });
    return changed;
  });
}

function changedBy(ctx: Context, plan: Plan, change: PlanChange): Plan {
  const { quota, endsOn, capPerDayMicroUsd, skipDates, ...rest } = change;
  if (plan.quota && (change.rules || skipDates || endsOn)) throw refused("#/rules", "This plan is a quota: it has no days and windows.");
  if (!plan.quota && quota) throw refused("#/quota", "This plan has rules, and can have no quota. Make another one: POST /v1/plans.");
  const { trouble: _trouble, endsOn: lastDay, capPerDayMicroUsd: cap, ...kept } = plan;
  const now = ctx.clock.now();
  const timeZone = change.timeZone ?? plan.timeZone;
  const last = endsOn === undefined ? lastDay : (endsOn ?? undefined);
  const most = capPerDayMicroUsd === undefined ? cap : (capPerDayMicroUsd ?? undefined);
  const wanted = quota ?? (change.timeZone !== undefined && plan.quota);
  const next: Plan = {
    ...kept,
    ...rest,
    timeZone,
    ...(last !== undefined && { endsOn: last }),
    ...(most !== undefined && { capPerDayMicroUsd: most }),
    ...(skipDates && { skipDates: [...new Set(skipDates)].sort() }),
    ...(wanted && { quota: quotaOf(ctx, timeZone, wanted) }),
    ...(plan.quota && { forgiven: plan.asked.length }),
    updatedAt: instant(now),
    version: plan.version + 1,
  };
  const isTimed = plan.quota || ["state", "timeZone", "rules", "skipDates", "endsOn"].some((name) => name in change);
  // What is due already stays due, unless it was paused, or is due at other times now.
  const isNew = plan.state === "paused" || timeZone !== plan.timeZone || !isDeepStrictEqual(next.rules, plan.rules);
  if (!isTimed) return next;
  return timed(ctx, isNew || plan.quota ? { ...next, cursor: { at: Math.max(now, plan.cursor.at), key: behindAll } } : next);
}

/** Into the bin: it asks for nothing any more. What it has asked for stays. */
export const removePlan = (ctx: Context, { plans }: Pick<PlanDeps, "plans">, id: string, ifVersion?: number): Promise<void> =>
  persist(async () => {
    const plan = requireVersion(await findPlan(ctx, { plans }, id), ifVersion, "plan");
    const at = instant(ctx.clock.now());
    await plans.save({ ...plan, deletedAt: at, updatedAt: at, version: plan.version + 1 });
  });

/** A window to come, with the moments at which it asks, epoch milliseconds. */
export type Coming = Window & { at: number[] };

/** The windows of the next days, each as it will be if nothing is changed. A plan that is not active has none. */
export function calendarOf(ctx: Context, plan: Plan, days: number): Coming[] {
  if (plan.state !== "active" || plan.quota) return [];
  const now = ctx.clock.now();
  const from = plan.cursor.at < now ? { at: now, key: behindAll } : plan.cursor;
  const coming = new Map<Window, Coming>();
  for (const { at, window } of slotsAfter(plan, from, now + days * dayMs)) {
    const known = coming.get(window);
    if (known) known.at.push(at);
    else coming.set(window, { ...window, at: [at] });
  }
  return [...coming.values()];
}

/** What a request would make of the next days, and what that costs at the catalogue's price. Nothing is made. */
export async function previewPlan(ctx: Context, deps: PlanDeps, request: PlanRequest, days: number) {
  const plan = await draft(ctx, deps, request);
  const each = await priceOfAsk(ctx, deps, plan.ask, perAsk(plan));
  const items = calendarOf(ctx, plan, days);
  const images = plan.quota ? plan.quota.maxImages : items.reduce((sum, { at }) => sum + at.length, 0);
  return { timeZone: plan.timeZone, images, costMicroUsd: images * each, items };
}

/** The history of a plan, newest first. */
export async function listRuns(
  ctx: Context,
  { plans }: Pick<PlanDeps, "plans">,
  id: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Run>> {
  const runs = await plans.listRuns(ctx.workspaceId, id, page);
  // A plan that has asked for something is there, or was: only an empty page needs a second look.
  if (runs.items.length === 0) await findPlan(ctx, { plans }, id);
  return runs;
}
