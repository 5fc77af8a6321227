import { type BudgetDeps, type Expense, settlement } from "../budgets/index.ts";
import type { Capacity } from "../capacity/index.ts";
import { type Context, eventOf, instant, persist } from "../kernel/index.ts";
import type { Provider, SourceFile } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import { type Attempt, isOpen, verdictOf } from "./attempt.ts";
import { isFinal, type Job } from "./job.ts";
import { isBusy, type Standing } from "./plan.ts";
import type { JobRef, JobStore, Library } from "./store.ts";

/** Sends a message to the render queue that arrives after the delay, whole seconds. */
export type Later = (ref: JobRef, delaySeconds: number, correlationId: string) => Promise<void>;

/** Whoever draws, by name; undefined where it is not set up. */
export type Providers = (name: string) => Provider | undefined;

export type RenderDeps = BudgetDeps & {
  jobs: JobStore;
  library: Library;
  providers: Providers;
  later: Later;
  capacity: Capacity;
  /** Where a provider may tell what becomes of an attempt. */
  webhookUrl?: (job: Job, attempt: Attempt) => string | undefined;
  /** 0 to below 1. */
  random?: () => number;
};

/** One image that was handed on, and the time from its attempt's begin. */
export type Made = { provider: string; renderMs: number };

/** What one worker has in its hands during one message: the job as it was last written or read, and how its images stand. */
export type Work = {
  ctx: Context;
  deps: RenderDeps;
  job: Job;
  standings: Standing[];
  made: Made[];
  /** A check message is on its way. */
  isChecked: boolean;
  /** What an edit changes, once it was read. */
  source?: SourceFile & { rating: Rating };
};

/** Whose money an attempt takes. Always the same for the same attempt, so that what was reserved is what is settled. */
export const expenseOf = ({ workspaceId, requestedBy }: Job, { provider, reservedMicroUsd, startedAt }: Attempt): Expense => ({
  workspaceId,
  userId: requestedBy,
  provider,
  microUsd: reservedMicroUsd,
  at: Date.parse(startedAt),
});

export async function reread(work: Work): Promise<Job> {
  work.job = (await work.deps.jobs.get(work.job)) ?? work.job;
  return work.job;
}

export const openAttempt = (job: Job, id: string): Attempt | undefined =>
  job.attempts.find((attempt) => attempt.id === id && isOpen(attempt));

/**
 * Writes what has become known of an attempt, whatever was written to the job meanwhile, and with its end what it has cost: `costMicroUsd`, by default
 * nothing. False if the attempt has ended already: whoever ended it has the word.
 */
export function note(work: Work, id: string, change: Partial<Attempt>): Promise<boolean> {
  const { ctx, deps } = work;
  let known: Job | undefined = work.job;
  return persist(async () => {
    const job = known ?? (await reread(work));
    known = undefined;
    const attempt = openAttempt(job, id);
    if (!attempt) return false;
    const at = ctx.clock.now();
    const { lookAt: _lookAt, ...before } = attempt;
    const ends = change.outcome !== undefined && { endedAt: instant(at), costMicroUsd: change.costMicroUsd ?? 0 };
    const isLate = ends && isFinal(job.state);
    const changed: Attempt = { ...before, ...change, ...ends, ...(isLate && { late: true }) };
    const settled = ends ? settlement(deps, expenseOf(job, attempt), ends.costMicroUsd) : undefined;
    const next = tidied(work, {
      ...job,
      attempts: job.attempts.map((one) => (one.id === id ? changed : one)),
      costMicroUsd: job.costMicroUsd + (ends ? ends.costMicroUsd : 0),
      updatedAt: instant(at),
      version: job.version + 1,
    });
    const event = isLate ? eventOf(ctx, "generation.attempt.settled", next, settledOf(next, changed)) : undefined;
    await deps.jobs.save(next, { beside: settled ? [settled] : [], ...(event && { event }) });
    work.job = next;
    // After the write: who dies in between gives the place back by its lease.
    if (ends && attempt.place) {
      const retryAfterMs = changed.retryAt === undefined ? {} : { retryAfterMs: changed.retryAt - at };
      await deps.capacity.giveBack(attempt.provider, attempt.place, { id, at, verdict: verdictOf(changed), ...retryAfterMs });
    }
    return true;
  });
}

/** What an attempt that has ended after its job adds to what was counted of that: all of it, since a retry leaves ended attempts out. */
const settledOf = ({ createdAt, template, edit }: Job, attempt: Attempt): Record<string, unknown> => {
  const { provider, model, startedAt, endedAt, outcome, reason, costMicroUsd } = attempt;
  return {
    attempt: { provider, model, startedAt, endedAt, outcome, reason, costMicroUsd },
    createdAt,
    ...(template && { template: { id: template.id, version: template.version } }),
    ...(edit && { edit: true }),
  };
};

/** Without a lease that nobody needs, and with how far it has come. */
function tidied({ ctx, standings }: Work, job: Job): Job {
  const shares = job.imageIds.map((id) => {
    const last = job.attempts.findLast(({ imageId }) => imageId === id);
    return last?.outcome === "drawn" ? 1 : last?.reference !== undefined && isOpen(last) ? 0.5 : 0;
  });
  const share = shares.reduce((sum: number, one) => sum + one, 0) / Math.max(1, shares.length);
  const progress = isFinal(job.state) ? job.progress : Math.max(job.progress, 0.05 + 0.85 * share);
  if (isBusy(job, standings, ctx.clock.now())) return { ...job, progress };
  const { leaseUntil: _lease, ...free } = job;
  return { ...free, progress };
}
