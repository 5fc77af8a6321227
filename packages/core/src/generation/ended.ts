import { type Context, instant } from "../kernel/index.ts";
import { type Attempt, isOpen, isOwing } from "./attempt.ts";
import type { Job } from "./job.ts";

const endings = { succeeded: "drawn", failed: "failed", refused: "refused", canceled: "canceled" } as const;

/** The job in its final state. Attempts that are still open end with it, but for those that may cost: their end is waited for. */
export function ended(ctx: Context, job: Job, state: keyof typeof endings): Job {
  const at = instant(ctx.clock.now());
  const attempts = job.attempts.map(
    (attempt): Attempt =>
      isOpen(attempt) && !isOwing(attempt) ? { ...attempt, endedAt: at, outcome: endings[state], costMicroUsd: 0 } : attempt,
  );
  const { leaseUntil, ...kept } = job;
  const isHeld = leaseUntil !== undefined && attempts.some(isOpen);
  return { ...kept, ...(isHeld && { leaseUntil }), state, attempts, updatedAt: at, finishedAt: at, version: job.version + 1 };
}
