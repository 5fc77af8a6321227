import { type Context, derivedIdAt, eventOf, instant, persist, type Trouble, troubleOf } from "../kernel/index.ts";
import { ask, type Made, type RunDeps, type Step, withAsk } from "./asking.ts";
import { nextSlot, type Plan } from "./plan.ts";
import { planProblems } from "./problems.ts";
import { stepQuota } from "./quotas.ts";
import type { Run } from "./run.ts";
import { type Slot, slotsAfter, type Window } from "./slots.ts";
import type { PlanRef } from "./store.ts";

/** Steps of one message. What is left is still due, so the minute's rule has it gone on with. */
const mostSteps = 100;

/**
 * Does whatever a plan has to do by now. Each step is one transaction: the plan that has come so far, the run, and the generation that it asks for. So
 * however often and whenever it is called, and wherever a worker dies, every slot is dealt with once.
 */
export async function advance(ctx: Context, deps: RunDeps, ref: PlanRef): Promise<Plan | undefined> {
  let last: Plan | undefined;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = await persist(() => stepOf(ctx, deps, ref));
    last = step?.plan ?? last;
    if (!step?.again) break;
  }
  return last;
}

async function stepOf(ctx: Context, deps: RunDeps, ref: PlanRef): Promise<Step | undefined> {
  const plan = await deps.plans.get(ref);
  if (plan?.state !== "active" || plan.deletedAt !== undefined) return undefined;
  if (plan.quota) return stepQuota(ctx, deps, plan, plan.quota);
  const now = ctx.clock.now();
  const slot = nextSlot(plan);
  if (!slot) return end(ctx, deps, plan);
  if (slot.at > now) return { plan, again: false };
  return slot.window.endsAt <= now ? passOver(ctx, deps, plan) : take(ctx, deps, plan, slot);
}

/** Rows of one transaction. */
const mostMissed = 25;

/** Windows that are over, and in which nobody was there to ask: they are told, and not made up for. */
async function passOver(ctx: Context, { plans }: RunDeps, plan: Plan): Promise<Step> {
  const now = ctx.clock.now();
  const missed: { window: Window; slots: Slot[] }[] = [];
  for (const slot of slotsAfter(plan, plan.cursor, now)) {
    if (slot.window.endsAt > now) break;
    const last = missed.at(-1);
    if (last?.window === slot.window) last.slots.push(slot);
    else if (missed.length === mostMissed) break;
    else missed.push({ window: slot.window, slots: [slot] });
  }
  const runs = missed.flatMap(({ window, slots: [first, ...others] }) =>
    first
      ? [{ ...runOf(ctx, plan, first), state: "missed" as const, images: others.length + 1, problem: missedTrouble(plan, window) }]
      : [],
  );
  const cursor = missed.at(-1)?.slots.at(-1) ?? plan.cursor;
  const next = moved(ctx, plan, cursor, { trouble: runs.at(-1)?.problem });
  await plans.save(next, { runs, event: eventOf(ctx, "plans.run.missed", next, { runIds: runs.map(({ id }) => id) }) });
  return { plan: next, again: true };
}

function missedTrouble({ timeZone }: Plan, { day, from, to, startsAt, endsAt }: Window): Trouble {
  if (startsAt === endsAt)
    return troubleOf(planProblems.missed, `On ${day} the clocks of ${timeZone} were put past ${from} to ${to}: there was no such time.`);
  return troubleOf(
    planProblems.missed,
    `On ${day} nothing could run from ${from} to ${to}, ${timeZone}. What was missed is not made up for later.`,
  );
}

/** Asks for the picture of a slot, or writes down why not. */
async function take(ctx: Context, deps: RunDeps, plan: Plan, slot: Slot): Promise<Step> {
  const run = runOf(ctx, plan, slot);
  const made = await ask(ctx, deps, plan, run, 1);
  const next = moved(ctx, plan, slot, made);
  const event = made.trouble && eventOf(ctx, "plans.run.skipped", next, { runIds: [run.id] });
  await deps.plans.save(next, { runs: [made.run], beside: made.beside, event });
  return { plan: next, again: true };
}

/** The plan behind a slot, due for the next one. */
function moved(
  ctx: Context,
  plan: Plan,
  { at, key }: { at: number; key: string },
  made: Partial<Pick<Made, "trouble" | "costMicroUsd">>,
): Plan {
  const { nextAt: _before, ...next } = withAsk(ctx, { ...plan, cursor: { at, key } }, { costMicroUsd: 0, ...made });
  const slot = nextSlot(next);
  // Without one it is due at once, to be ended.
  return { ...next, nextAt: slot?.at ?? ctx.clock.now() };
}

async function end(ctx: Context, { plans }: RunDeps, plan: Plan): Promise<Step> {
  const { nextAt: _next, ...kept } = plan;
  const ended: Plan = { ...kept, state: "ended", updatedAt: instant(ctx.clock.now()), version: plan.version + 1 };
  await plans.save(ended, { event: eventOf(ctx, "plans.plan.ended", ended) });
  return { plan: ended, again: false };
}

function runOf(ctx: Context, plan: Plan, { at, key, window: { day, from, to, startsAt, endsAt } }: Slot): Run {
  const now = instant(ctx.clock.now());
  return {
    id: derivedIdAt("run", at, plan.id, key),
    planId: plan.id,
    workspaceId: plan.workspaceId,
    state: "asked",
    plannedAt: instant(at),
    window: { day, from, to, startsAt: instant(startsAt), endsAt: instant(endsAt) },
    images: 1,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}

/** A plan is due. Quotas of its workspace that are due as well come first: they have a date to keep. */
export async function runDue(ctx: Context, deps: RunDeps, ref: PlanRef): Promise<Plan | undefined> {
  for (const quota of await deps.plans.dueQuotas(ref.workspaceId, ctx.clock.now()))
    if (quota.id !== ref.id) await advance(ctx, deps, quota);
  return advance(ctx, deps, ref);
}

/** A generation of a plan has ended: its run says how. It is looked at as it is now, so news may come twice, late, and in any order. */
export async function followGeneration(ctx: Context, deps: RunDeps, { planId, runId, id }: { planId: string; runId: string; id: string }) {
  const { workspaceId } = ctx;
  await persist(async () => {
    const [run, job] = await Promise.all([deps.plans.getRun(workspaceId, planId, runId), deps.jobs.get({ workspaceId, id })]);
    if (!run || !job || job.state === "queued" || job.state === "rendering" || run.state === job.state) return;
    const { problem: _before, ...kept } = run;
    const { state, imageIds, problem } = job;
    await deps.plans.saveRun({
      ...kept,
      state,
      imageIds,
      ...(problem && { problem }),
      updatedAt: instant(ctx.clock.now()),
      version: run.version + 1,
    });
  });
  return advance(ctx, deps, { workspaceId, id: planId });
}
