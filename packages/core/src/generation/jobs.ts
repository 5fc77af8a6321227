import { assertAffordable, type BudgetDeps } from "../budgets/index.ts";
import { type Context, eventOf, instant, newId, notFound, Problem, persist, type RowEvent, type Write } from "../kernel/index.ts";
import { judge, rulesVersion, type SafetyDeps } from "../safety/index.ts";
import { allowedFor, wordsOf } from "./allowed.ts";
import { isOpen, isOwing } from "./attempt.ts";
import { builtInOnly, type Catalogue, priceOf } from "./catalogue.ts";
import { ended } from "./ended.ts";
import { type Choice, choicesOf, type Job, mayBecome, originOf } from "./job.ts";
import { newJob } from "./new-job.ts";
import { generationProblems } from "./problems.ts";
import type { GenerationRequest } from "./request.ts";
import { dueShards, type JobStore, type Shelf } from "./store.ts";
import type { RenderDeps } from "./work.ts";

export type RequestDeps = { jobs: JobStore; catalogue?: Catalogue; safety: SafetyDeps } & BudgetDeps;

/**
 * Throws `generation/budget-spent` where the caps have no room for all of its images at any of those who may draw them, and what `judge` throws where the
 * words ask for what is not drawn.
 */
export async function request(ctx: Context, deps: RequestDeps, body: GenerationRequest): Promise<Job> {
  const { job, record } = await accepted(ctx, deps, body);
  await deps.jobs.create(ctx, job, requested(ctx, job), record(job.id));
  return job;
}

/**
 * The same as writes, for the transaction of whoever asks because of something that it writes down: then neither is there without the other, and
 * whatever is repeated, nothing is asked for twice.
 */
export async function requestBeside(ctx: Context, deps: RequestDeps, body: GenerationRequest): Promise<{ job: Job; writes: Write[] }> {
  const { job, record } = await accepted(ctx, deps, body);
  return { job, writes: [deps.jobs.insertion(job, requested(ctx, job)), ...record(job.id)] };
}

const requested = (ctx: Context, job: Job): RowEvent => eventOf(ctx, "generation.job.requested", job);

async function accepted(ctx: Context, { budgets, safety, catalogue = builtInOnly }: RequestDeps, body: GenerationRequest) {
  const asked = newJob(ctx, body, catalogue);
  const { rating, record } = await judge(ctx, { safety }, "generation.prompt.judged", wordsOf(asked));
  const job: Job = { ...allowedFor(asked, rating), rating, rulesVersion };
  await assertSomeAffordable(ctx, { budgets }, choicesOf(job), (choice) => job.count * priceOf(catalogue, choice, job.quality));
  return { job, record };
}

/** Throws what the first of the choices meets, where the caps have no room for any of them. */
export async function assertSomeAffordable(
  ctx: Context,
  { budgets }: BudgetDeps,
  choices: readonly Choice[],
  priceMicroUsd: (choice: Choice) => number,
): Promise<void> {
  const troubles: unknown[] = [];
  for (const choice of choices) {
    const microUsd = priceMicroUsd(choice);
    const trouble = await assertAffordable(ctx, { budgets }, { provider: choice.provider, microUsd }).catch((error: unknown) => error);
    if (trouble === undefined) return;
    troubles.push(trouble);
  }
  throw troubles[0];
}

export async function find(ctx: Context, { jobs }: { jobs: JobStore }, id: string): Promise<Job> {
  const job = await jobs.get({ workspaceId: ctx.workspaceId, id });
  if (!job || job.edit) throw notFound("generation");
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
  return saveCanceled(ctx, jobs, job, await library.withdrawals(ctx, job.imageIds));
}

async function saveCanceled(ctx: Context, jobs: JobStore, job: Job, beside: Write[]): Promise<Job> {
  const canceled = ended(ctx, job, "canceled");
  await jobs.save(canceled, { event: eventOf(ctx, "generation.job.canceled", canceled, originOf(canceled)), beside });
  return canceled;
}

/**
 * Cancels the job of an edit, in one transaction with the write of whoever takes its version back. What was already asked for is still asked after, since it
 * has its price: until that is known, `takeBack` is told none. False where it has ended by itself; throws `Conflict` where it has just changed.
 */
export async function cancelEdit(
  ctx: Context,
  { jobs }: { jobs: JobStore },
  id: string,
  takeBack: (costMicroUsd: number | undefined) => Write,
): Promise<boolean> {
  const job = await jobs.get({ workspaceId: ctx.workspaceId, id });
  if (!job?.edit || !mayBecome(job.state, "canceled")) return false;
  const isKnown = !job.attempts.some(isOpen);
  await saveCanceled(ctx, jobs, job, [takeBack(isKnown ? job.costMicroUsd : undefined)]);
  return true;
}

/** The same request again, with images of new names: the old ones are gone. */
export async function retry(ctx: Context, { jobs, safety }: { jobs: JobStore; safety: SafetyDeps }, id: string): Promise<Job> {
  const job = await find(ctx, { jobs }, id);
  if (!mayBecome(job.state, "queued")) throw new Problem(generationProblems.notRetryable, `It is ${job.state}. Ask for a new one instead.`);
  // The rules, the settings, or somebody's standing may be others by now.
  const { rating, record } = await judge(ctx, { safety }, "generation.prompt.judged", wordsOf(job));
  const at = ctx.clock.now();
  const { problem: _problem, leaseUntil: _lease, startedAt: _started, finishedAt: _finished, held: _held, ...kept } = job;
  const queued: Job = {
    ...allowedFor(kept, rating),
    rating,
    rulesVersion,
    state: "queued",
    progress: 0,
    // Of what the last try still owes, the price is not known yet.
    attempts: job.attempts.filter(isOwing),
    imageIds: job.imageIds.map(() => newId("img", at)),
    correlationId: ctx.correlationId,
    updatedAt: instant(at),
    version: job.version + 1,
  };
  await jobs.save(queued, { event: requested(ctx, queued), beside: record(id) });
  return queued;
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
