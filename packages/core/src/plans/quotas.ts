import { type Context, derivedIdAt, eventOf, instant, type Trouble, troubleOf } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import { ask, type RunDeps, type Step, withAsk } from "./asking.ts";
import type { Asked, Plan, Quota, Standing } from "./plan.ts";
import { planProblems } from "./problems.ts";
import type { Run } from "./run.ts";

const minuteMs = 60_000;
/** Until what could not be asked for is tried again. */
const againMs = 15 * minuteMs;
/** After so many failures in a row somebody has to look. */
const mostFailures = 5;

/** Looks how far a quota has come, and asks for as many as are wanted and may wait for review. */
export async function stepQuota(ctx: Context, deps: RunDeps, before: Plan, quota: Quota): Promise<Step> {
  const plan = await looked(deps, before);
  const { approved = 0, open = 0 } = plan.standing ?? {};
  const now = ctx.clock.now();
  if (approved >= quota.approvals) return finish(ctx, deps, plan, "met");
  const count = `${approved} of ${quota.approvals} pictures were approved`;
  if (now >= quota.dueBy)
    return finish(ctx, deps, plan, "ended", troubleOf(planProblems.unmet, `By ${quota.by}, ${plan.timeZone}, ${count}.`));
  const room = quota.maxImages - plan.asked.reduce((sum, { imageIds }) => sum + imageIds.length, 0);
  const wanted = Math.min(quota.approvals - approved - open, quota.atOnce - open, room);
  const failures = failuresOf(plan.asked.slice(plan.forgiven ?? 0));
  if (failures >= mostFailures) return giveUp(ctx, deps, plan, failures);
  if (room <= 0 && open === 0)
    return finish(
      ctx,
      deps,
      plan,
      "ended",
      troubleOf(planProblems.unmet, `${quota.maxImages} pictures were asked for, the most that it may, and ${count}.`),
    );
  if (wanted <= 0) return wait(ctx, deps, before, plan, quota.dueBy);
  const retryAt = failures === 0 ? now : (plan.asked.at(-1)?.at ?? now) + againMs * 2 ** (failures - 1);
  if (retryAt > now) return wait(ctx, deps, before, plan, Math.min(retryAt, quota.dueBy));
  return takeMore(ctx, deps, plan, quota, wanted);
}

async function takeMore(ctx: Context, deps: RunDeps, plan: Plan, quota: Quota, count: number): Promise<Step> {
  const now = ctx.clock.now();
  const run = quotaRun(ctx, plan, count);
  const made = await ask(ctx, deps, plan, run, count);
  // The same words will be refused in a quarter of an hour, too.
  if (made.trouble?.code.startsWith("safety/")) return stop(ctx, deps, plan, made.trouble, [made.run]);
  const { generationId, imageIds } = made.run;
  const isTold = made.trouble !== undefined && made.trouble.code === plan.trouble?.code;
  const asked: Asked[] = generationId && imageIds ? [...plan.asked, { generationId, runId: run.id, imageIds, at: now }] : plan.asked;
  const next: Plan = { ...withAsk(ctx, { ...plan, asked }, made), nextAt: made.trouble ? Math.min(now + againMs, quota.dueBy) : now };
  const event = made.trouble && !isTold ? eventOf(ctx, "plans.run.skipped", next, { runIds: [run.id] }) : undefined;
  // That it is still refused for the same reason needs no line every quarter of an hour.
  await deps.plans.save(next, { runs: isTold ? [] : [made.run], beside: made.beside, event });
  return { plan: next, again: !made.trouble };
}

/** The plan with what has become of everything that it asked for. */
async function looked({ images, jobs }: RunDeps, plan: Plan): Promise<Plan> {
  const { workspaceId } = plan;
  const asked = await Promise.all(
    plan.asked.map(async (one): Promise<Asked> => {
      // A generation that has failed can be tried again by a person, and then has images of other names.
      if (one.end !== undefined && one.end !== "failed") return one;
      const job = await jobs.get({ workspaceId, id: one.generationId });
      if (!job || job.state === "queued" || job.state === "rendering") return withoutEnd(one, job?.imageIds);
      return { ...one, imageIds: job.imageIds, end: job.state };
    }),
  );
  const known = await images.getMany(
    workspaceId,
    asked.flatMap(({ imageIds }) => imageIds),
  );
  const byId = new Map(known.flatMap((image) => (image ? [[image.id, image] as const] : [])));
  const standing: Standing = { approved: 0, open: 0, closed: 0 };
  for (const { imageIds, end } of asked) for (const id of imageIds) standing[standingOf(byId.get(id), end !== undefined)] += 1;
  return { ...plan, asked, standing };
}

const withoutEnd = ({ end: _end, ...one }: Asked, imageIds = one.imageIds): Asked => ({ ...one, imageIds });

function standingOf(image: Image | undefined, isEnded: boolean): keyof Standing {
  if (!image || image.state === "processing") return isEnded ? "closed" : "open";
  if (image.deletedAt !== undefined) return "closed";
  if (image.state === "approved") return "approved";
  return image.state === "in_review" || image.state === "held" ? "open" : "closed";
}

/** Generations in a row, up to the last one that has ended, of which nothing came. */
function failuresOf(asked: readonly Asked[]): number {
  const ended = asked.filter(({ end }) => end !== undefined && end !== "canceled");
  const good = ended.findLastIndex(({ end }) => end === "succeeded");
  return ended.length - 1 - good;
}

/** Nothing to ask for now: written only if it is news. */
async function wait(ctx: Context, { plans }: RunDeps, before: Plan, plan: Plan, nextAt: number): Promise<Step> {
  const isSame =
    before.nextAt === nextAt && JSON.stringify([before.asked, before.standing]) === JSON.stringify([plan.asked, plan.standing]);
  if (isSame) return { plan, again: false };
  const next: Plan = { ...plan, nextAt, updatedAt: instant(ctx.clock.now()), version: plan.version + 1 };
  await plans.save(next);
  return { plan: next, again: false };
}

function giveUp(ctx: Context, deps: RunDeps, plan: Plan, failures: number): Promise<Step> {
  const detail = `${failures} generations in a row came to nothing; the runs say why. It is paused until somebody changes it.`;
  return stop(ctx, deps, plan, troubleOf(planProblems.unmet, detail), []);
}

/** Pauses it, until somebody has changed what is in its way. */
async function stop(ctx: Context, { plans }: RunDeps, plan: Plan, trouble: Trouble, runs: Run[]): Promise<Step> {
  const { nextAt: _next, ...kept } = plan;
  const paused: Plan = { ...kept, state: "paused", trouble, updatedAt: instant(ctx.clock.now()), version: plan.version + 1 };
  await plans.save(paused, { runs, event: eventOf(ctx, "plans.quota.stuck", paused) });
  return { plan: paused, again: false };
}

async function finish(ctx: Context, { plans }: RunDeps, plan: Plan, state: "met" | "ended", trouble?: Trouble): Promise<Step> {
  const { nextAt: _next, trouble: _trouble, ...kept } = plan;
  const over: Plan = { ...kept, ...(trouble && { trouble }), state, updatedAt: instant(ctx.clock.now()), version: plan.version + 1 };
  const runs: Run[] = trouble ? [{ ...quotaRun(ctx, plan, 0), state: "missed", problem: trouble }] : [];
  await plans.save(over, { runs, event: eventOf(ctx, state === "met" ? "plans.quota.met" : "plans.quota.unmet", over) });
  return { plan: over, again: false };
}

function quotaRun(ctx: Context, plan: Plan, images: number): Run {
  const at = ctx.clock.now();
  return {
    // Each version of the plan asks once.
    id: derivedIdAt("run", at, plan.id, String(plan.version)),
    planId: plan.id,
    workspaceId: plan.workspaceId,
    state: "asked",
    plannedAt: instant(at),
    images,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
}
