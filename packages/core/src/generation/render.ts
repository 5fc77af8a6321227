import { Conflict, type Context } from "../kernel/index.ts";
import { isOpen, leaseMs } from "./attempt.ts";
import { attemptOne } from "./draw.ts";
import { followUp } from "./follow.ts";
import { isFinal, isOver, type Job } from "./job.ts";
import { lookAtOf, stepFor, troubleOfJob } from "./plan.ts";
import { settle } from "./settle.ts";
import type { JobRef } from "./store.ts";
import type { Made, RenderDeps, Work } from "./work.ts";

/** How a worker left a job, whether that was the end, the images that it handed on, and whether another worker had died over it. */
export type Rendered = { job: Job; ended: boolean; made: Made[]; takenOver: boolean };

/** After this nothing more is begun: the longest step that a worker may be at fits into what its function has left. Milliseconds of real time. */
const stepsMs = 30_000;
/** Of a queue. */
const longestDelaySeconds = 900;
/** A message that comes that much before its time is taken as in time. */
const messageEarlyMs = 1_500;

/**
 * Looks after a job: asks what became of attempts that nobody holds, makes those that are to be made, and gives up what cannot be. Messages come more than
 * once and workers die, so: a check message is on its way before a provider is called, the attempt is written before it is, and image ids are those of the
 * request. What is being drawn elsewhere is not waited for: the next message comes when it is time to ask.
 *
 *     check message ─┬─ attempt and its money ── call ─┬─ file ── library ── cost ── (storage event) ── settle
 *                    │                                 └─ reference ··· message ··· ask ── file ── library ── cost
 *                    └──────────────── lease ────────────────┤ looks again, and asks what became of it
 *
 * `news`: the reference of work of which its provider has news, so that it is asked before its time. Anybody may have sent that, and any number of times:
 * it is believed in nothing, and where no attempt with that reference is open nothing happens.
 */
export async function render(
  caller: Context,
  deps: RenderDeps,
  ref: JobRef,
  { news }: { news?: string } = {},
): Promise<Rendered | undefined> {
  const job = await deps.jobs.get(ref);
  if (!job || isOver(job)) return undefined;
  // Whoever sent the message, the work is that of the request.
  const ctx = { ...caller, correlationId: job.correlationId };
  const now = ctx.clock.now();
  const early = news !== undefined;
  const nobody: Rendered = { job, ended: false, made: [], takenOver: false };
  if (early && !job.attempts.some((attempt) => isOpen(attempt) && attempt.reference === news)) return nobody;
  if (job.leaseUntil !== undefined && job.leaseUntil > now) {
    // The holder will ask, or whoever comes after it.
    if (early) return nobody;
    await deps.later(ref, Math.ceil((job.leaseUntil - now) / 1000) + 1, job.correlationId);
    return nobody;
  }
  const lookAt = lookAtOf(job, now);
  // Its own message is on its way.
  if (!early && lookAt !== undefined && lookAt > now + messageEarlyMs) return nobody;
  const takenOver = job.attempts.some((attempt) => isOpen(attempt) && attempt.lookAt === undefined);
  const standings = job.attempts.length > 0 ? await deps.library.progress(job) : [];
  const work: Work = { ctx, deps, job, standings, made: [], isChecked: false };
  try {
    const ended = await lookAround(work, { news, before: lookAt });
    return { job: work.job, ended, made: work.made, takenOver };
  } catch (error) {
    // Canceled, or another worker was faster: that writer has the word.
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

async function lookAround(work: Work, { news, before }: { news: string | undefined; before: number | undefined }): Promise<boolean> {
  const { ctx } = work;
  const begun = performance.now();
  const isTimeUp = () => performance.now() - begun > stepsMs;
  const waiting = work.job.attempts.filter(isOpen);
  for (const attempt of waiting) {
    const isDue = (news !== undefined && attempt.reference === news) || (attempt.lookAt ?? 0) <= ctx.clock.now() + messageEarlyMs;
    if (isDue && !isTimeUp()) await followUp(work, attempt);
  }
  // What it has cost in the end, whoever it was meant for is told, too.
  if (isOver(work.job) && waiting.length > 0) await settle(ctx, work.deps, work.job);
  for (const [index, imageId] of work.job.imageIds.entries()) {
    for (;;) {
      const step = stepFor(work.job, imageId, work.standings[index] ?? "pending", ctx.clock.now());
      if (isFinal(work.job.state) || step.kind !== "draw" || isTimeUp()) break;
      await attemptOne(work, imageId, step.choices);
    }
  }
  if (!isFinal(work.job.state) && (await conclude(work))) return true;
  if (isOver(work.job)) return false;
  if (isTimeUp()) await release(work);
  else await comeBack(work, { early: news !== undefined, before });
  return false;
}

/** Gives up the images that nobody will draw, and ends the job if that were the last. */
async function conclude(work: Work): Promise<boolean> {
  const { ctx, deps, job } = work;
  const now = ctx.clock.now();
  const steps = job.imageIds.map((id, index) => stepFor(job, id, work.standings[index] ?? "pending", now).kind);
  const givenUp = job.imageIds.filter((_, index) => steps[index] === "give-up");
  await deps.library.withdraw(ctx, job, givenUp, troubleOfJob(job, now));
  const isUnderWay = job.attempts.some(isOpen) || steps.includes("draw") || steps.includes("wait");
  // What has just been handed on is not examined yet.
  if (isUnderWay || (work.made.length > 0 && givenUp.length === 0)) return false;
  const settled = await settle(ctx, deps, job);
  if (settled) work.job = settled;
  return settled !== undefined;
}

/** Has the next message come when there is something to do, or to see. */
async function comeBack(work: Work, { early, before }: { early: boolean; before: number | undefined }) {
  const { ctx, deps, job } = work;
  const now = ctx.clock.now();
  const next = lookAtOf(job, now);
  const delayMs = next === undefined ? leaseMs : Math.max(1_000, next - now);
  // The message that was meant for then is still on its way; so is the check message.
  if (next === undefined ? work.isChecked : early && next === before) return;
  await deps.later(job, Math.min(longestDelaySeconds, Math.ceil(delayMs / 1000)), job.correlationId);
}

/** Leaves what is still to be begun to the next message: this worker's time is up. */
async function release(work: Work): Promise<void> {
  const { leaseUntil: _lease, ...free } = work.job;
  await work.deps.jobs.save({ ...free, version: free.version + 1 });
  await work.deps.later(work.job, 1, work.job.correlationId);
}
