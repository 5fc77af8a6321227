import { assertAffordable, type BudgetDeps } from "../budgets/index.ts";
import { Conflict, type Context, eventOf, instant, newId, notFound, Problem, persist, type Trouble, troubleOf } from "../kernel/index.ts";
import { priceOf } from "./catalogue.ts";
import { type Attempt, isFinal, type Job, leaseMs, maxAttempts, mayBecome, processingPatienceMs, seedOf } from "./job.ts";
import { newJob } from "./new-job.ts";
import { generationProblems } from "./problems.ts";
import type { Providers } from "./provider.ts";
import type { GenerationRequest } from "./request.ts";
import { dueShards, type JobRef, type JobStore, type Library, type Shelf } from "./store.ts";

/** Sends a message to the render queue that arrives after the delay, whole seconds. */
export type Later = (ref: JobRef, delaySeconds: number, correlationId: string) => Promise<void>;

export type RenderDeps = { jobs: JobStore; library: Library; providers: Providers; later: Later };

/**
 * What a worker did with a job: how it left it, whether that was the end, milliseconds for each image that it drew, and whether another worker had died
 * over it.
 */
export type Rendered = { job: Job; ended: boolean; renderMs: number[]; takenOver: boolean };

export type RequestDeps = { jobs: JobStore } & BudgetDeps;

/** Throws `generation/budget-spent` where a cap has no room for all of its images. */
export async function request(ctx: Context, { jobs, budgets }: RequestDeps, body: GenerationRequest): Promise<Job> {
  const job = newJob(ctx, body);
  await assertAffordable(ctx, { budgets }, { provider: job.provider, microUsd: job.count * priceOf(job) });
  await jobs.create(ctx, job, eventOf(ctx, "generation.job.requested", job));
  return job;
}

export async function find(ctx: Context, { jobs }: { jobs: JobStore }, id: string): Promise<Job> {
  const job = await jobs.get({ workspaceId: ctx.workspaceId, id });
  if (!job) throw notFound("generation");
  return job;
}

/** Images that are already in review stay; those still on their way are taken back. */
export const cancel = (ctx: Context, deps: { jobs: JobStore; library: Shelf }, id: string): Promise<Job> =>
  persist(() => cancelOnce(ctx, deps, id));

async function cancelOnce(ctx: Context, { jobs, library }: { jobs: JobStore; library: Shelf }, id: string): Promise<Job> {
  const job = await find(ctx, { jobs }, id);
  if (job.state === "canceled") return job;
  if (!mayBecome(job.state, "canceled"))
    throw new Problem(generationProblems.notCancelable, `It is ${job.state}. Its images can be rejected or deleted instead.`);
  const canceled = ended(ctx, job, "canceled");
  await jobs.save(canceled, {
    event: eventOf(ctx, "generation.job.canceled", canceled),
    beside: await library.withdrawals(ctx, job.imageIds),
  });
  return canceled;
}

/** The same request again, with images of new names: the old ones are gone. */
export async function retry(ctx: Context, { jobs }: { jobs: JobStore }, id: string): Promise<Job> {
  const job = await find(ctx, { jobs }, id);
  if (!mayBecome(job.state, "queued")) throw new Problem(generationProblems.notRetryable, `It is ${job.state}. Ask for a new one instead.`);
  const at = ctx.clock.now();
  const { problem: _problem, leaseUntil: _lease, startedAt: _started, finishedAt: _finished, ...kept } = job;
  const queued: Job = {
    ...kept,
    state: "queued",
    progress: 0,
    attempts: [],
    imageIds: job.imageIds.map(() => newId("img", at)),
    correlationId: ctx.correlationId,
    updatedAt: instant(at),
    version: job.version + 1,
  };
  await jobs.save(queued, { event: eventOf(ctx, "generation.job.requested", queued) });
  return queued;
}

/**
 * Draws a job's images and hands them to the library. Messages come more than once and workers die, so:
 * a check message is on its way before the job is claimed, the attempt is written before anything is drawn, and image ids are those of the request.
 *
 *     check message ─┬─ claim ─── draw ─── put ─── (storage event) ─── settle
 *                    └──────────── lease ────────────┤ looks again; takes over if nobody has finished
 */
export async function render(caller: Context, deps: RenderDeps, ref: JobRef): Promise<Rendered | undefined> {
  const job = await deps.jobs.get(ref);
  if (!job || isFinal(job.state)) return undefined;
  // Whoever sent the message, the work is that of the request.
  const ctx = { ...caller, correlationId: job.correlationId };
  const now = ctx.clock.now();
  if (job.leaseUntil !== undefined && job.leaseUntil > now) {
    await deps.later(ref, Math.ceil((job.leaseUntil - now) / 1000) + 1, job.correlationId);
    return left(job);
  }
  const last = job.attempts.at(-1);
  if (last?.outcome === "drawn" && now - Date.parse(last.endedAt ?? "") < processingPatienceMs) return awaitExamination(ctx, deps, job);
  if (job.attempts.length >= maxAttempts)
    return end(
      await giveUp(ctx, deps, job, troubleOf(generationProblems.failed, `${maxAttempts} attempts were begun and none was finished.`)),
    );

  await deps.later(ref, Math.ceil(leaseMs / 1000) + 1, job.correlationId);
  const claimed = await claim(ctx, deps, job);
  if (!claimed) return undefined;
  const takenOver = job.attempts.some(({ outcome }) => outcome === undefined);
  try {
    return { ...(await draw(ctx, deps, claimed)), takenOver };
  } catch (error) {
    if (error instanceof Conflict) return undefined; // canceled, or taken over: that writer has the word
    if (error instanceof Problem) {
      // Not the job as it was claimed: what was drawn until then has been booked.
      const job = await deps.jobs.get(ref);
      if (job?.state !== "rendering" || job.attempts.length > claimed.attempts.length) return undefined;
      return { ...end(await giveUp(ctx, deps, job, troubleOf(error.type, error.message))), takenOver };
    }
    throw error; // the check message takes it up again
  }
}

const left = (job: Job): Rendered => ({ job, ended: false, renderMs: [], takenOver: false });
const end = (job: Job): Rendered => ({ ...left(job), ended: true });

/** Everything has been handed on: nothing is drawn again as long as the library may still be at it. */
async function awaitExamination(ctx: Context, deps: RenderDeps, job: Job): Promise<Rendered> {
  const settled = await settle(ctx, deps, job);
  if (settled) return end(settled);
  const after = await deps.jobs.get(job);
  if (after && !isFinal(after.state)) await deps.later(job, leaseMs / 1000, job.correlationId);
  return left(after ?? job);
}

async function claim(ctx: Context, { jobs, library }: RenderDeps, job: Job): Promise<Job | undefined> {
  const at = ctx.clock.now();
  const lost = job.attempts.map((attempt): Attempt => (attempt.outcome ? attempt : { ...attempt, endedAt: instant(at), outcome: "lost" }));
  const claimed: Job = {
    ...job,
    state: "rendering",
    progress: 0.05,
    leaseUntil: at + leaseMs,
    attempts: [...lost, { id: newId("att", at), startedAt: instant(at) }],
    startedAt: job.startedAt ?? instant(at),
    updatedAt: instant(at),
    version: job.version + 1,
  };
  // Rows of the images exist before their files, so that a file never arrives unknown.
  const beside = job.attempts.length === 0 ? job.imageIds.map((id, index) => library.announce(ctx, id, claimed, seedOf(job, index))) : [];
  try {
    await jobs.save(claimed, { beside });
    return claimed;
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}

async function draw(ctx: Context, { jobs, library, providers }: RenderDeps, claimed: Job): Promise<Rendered> {
  const provider = providers[claimed.provider];
  if (!provider) throw new Problem(generationProblems.modelUnavailable, `The provider ${claimed.provider} is not set up here.`);
  let job = claimed;
  const renderTimes: number[] = [];
  // What a worker before this one has finished is not drawn, and not paid, again.
  const before = claimed.attempts.length > 1 ? await library.progress(claimed.workspaceId, claimed.imageIds) : [];
  for (const [index, imageId] of claimed.imageIds.entries()) {
    if (before[index] !== undefined && before[index] !== "pending") continue;
    const { model, prompt, negativePrompt, style, width, height } = claimed;
    const begun = performance.now();
    const drawn = await provider.draw({ model, prompt, negativePrompt, style, width, height, seed: seedOf(claimed, index) });
    const renderMs = Math.round(performance.now() - begun);
    renderTimes.push(renderMs);
    const at = ctx.clock.now();
    job = {
      ...job,
      progress: 0.05 + (0.85 * (index + 1)) / claimed.count,
      costMicroUsd: job.costMicroUsd + drawn.costMicroUsd,
      leaseUntil: at + leaseMs,
      updatedAt: instant(at),
      version: job.version + 1,
    };
    // Before the file is handed on: its cost is booked whatever comes, and a canceled job hands on nothing.
    await jobs.save(job);
    await library.deliver(ctx, imageId, drawn, renderMs);
  }
  const at = ctx.clock.now();
  const drawn: Job = { ...job, attempts: ending(job.attempts, "drawn", at), updatedAt: instant(at), version: job.version + 1 };
  await jobs.save(drawn);
  return { ...left(drawn), renderMs: renderTimes };
}

/**
 * Has somebody look after every job that is overdue by then. A worker can die before it has sent its own check message; this finds its job
 * within a minute, not when the message's visibility runs out. The index does not hold the request's correlation id: until the job is read, its own id
 * stands for it.
 */
export async function lookAfter(ctx: Context, { jobs, later }: Pick<RenderDeps, "jobs" | "later">): Promise<number> {
  const now = ctx.clock.now();
  let found = 0;
  for (let shard = 0; shard < dueShards; shard += 1) {
    for (const { workspaceId, id, dueAt } of await jobs.overdue(shard, now + 60_000, 100)) {
      await later({ workspaceId, id }, Math.max(0, Math.ceil((dueAt - now) / 1000)), id);
      found += 1;
    }
  }
  return found;
}

/** Called when an image has been processed: the last of a job's images ends it. Answers with the job if this call ended it. */
export const settle = (ctx: Context, deps: { jobs: JobStore; library: Shelf }, ref: JobRef): Promise<Job | undefined> =>
  // The worker that drew it writes at this very moment that it has: nobody should have to wait for another message because of that.
  persist(() => settleOnce(ctx, deps, ref));

async function settleOnce(ctx: Context, { jobs, library }: { jobs: JobStore; library: Shelf }, ref: JobRef): Promise<Job | undefined> {
  const job = await jobs.get(ref);
  if (!job || job.state === "queued") return undefined;
  if (job.state === "canceled" || job.state === "failed") {
    await library.withdraw(ctx, job.imageIds);
    return undefined;
  }
  if (isFinal(job.state)) return undefined;
  const made = await library.progress(job.workspaceId, job.imageIds);
  if (made.includes("pending")) return undefined;
  const finished: Job = made.includes("good")
    ? { ...ended(ctx, job, "succeeded"), progress: 1 }
    : {
        ...ended(ctx, job, "failed"),
        problem: troubleOf(generationProblems.failed, "What was drawn did not pass the examination; the images say why."),
      };
  await jobs.save(finished, { event: eventOf(ctx, `generation.job.${finished.state}`, finished, { imageIds: job.imageIds }) });
  return finished;
}

async function giveUp(ctx: Context, { jobs, library }: RenderDeps, job: Job, problem: Trouble): Promise<Job> {
  const failed: Job = { ...ended(ctx, job, "failed"), problem };
  await jobs.save(failed, { event: eventOf(ctx, "generation.job.failed", failed), beside: await library.withdrawals(ctx, job.imageIds) });
  return failed;
}

const endings = { succeeded: "drawn", failed: "failed", canceled: "canceled" } as const;

function ended(ctx: Context, job: Job, state: "succeeded" | "failed" | "canceled"): Job {
  const at = ctx.clock.now();
  const { leaseUntil: _lease, ...kept } = job;
  return {
    ...kept,
    state,
    attempts: ending(job.attempts, endings[state], at),
    updatedAt: instant(at),
    finishedAt: instant(at),
    version: job.version + 1,
  };
}

/** The attempt that is still open, if any, ended now. */
const ending = (attempts: Attempt[], outcome: "drawn" | "failed" | "canceled", at: number): Attempt[] =>
  attempts.map((attempt) => (attempt.outcome ? attempt : { ...attempt, endedAt: instant(at), outcome }));
