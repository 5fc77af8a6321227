import { type Context, eventOf, persist, troubleOf } from "../kernel/index.ts";
import { ended } from "./ended.ts";
import { isFinal, type Job, originOf } from "./job.ts";
import { troubleOfJob } from "./plan.ts";
import { generationProblems } from "./problems.ts";
import type { JobRef, JobStore, Shelf } from "./store.ts";

/** Called when an image has been processed: the last of a job's images ends it. Answers with the job if this call ended it. */
export const settle = (ctx: Context, deps: { jobs: JobStore; library: Shelf }, ref: JobRef): Promise<Job | undefined> =>
  // The worker that drew it writes at this very moment that it has: nobody should have to wait for another message because of that.
  persist(() => settleOnce(ctx, deps, ref));

async function settleOnce(ctx: Context, { jobs, library }: { jobs: JobStore; library: Shelf }, ref: JobRef): Promise<Job | undefined> {
  const job = await jobs.get(ref);
  if (!job || job.state === "queued") return undefined;
  if (job.state === "canceled" || job.state === "failed" || job.state === "refused") {
    await library.withdraw(ctx, job, job.imageIds, job.problem);
    return undefined;
  }
  if (isFinal(job.state)) return undefined;
  const made = await library.progress(job);
  if (made.includes("pending")) return undefined;
  const finished = made.includes("good") ? { ...ended(ctx, job, "succeeded"), progress: 1 } : withoutImages(ctx, job);
  await jobs.save(finished, {
    event: eventOf(ctx, `generation.job.${finished.state}`, finished, { imageIds: job.imageIds, ...originOf(job) }),
  });
  return finished;
}

/** Refused or failed, with the reason. */
function withoutImages(ctx: Context, job: Job): Job {
  const unsound = troubleOf(generationProblems.failed, "What was drawn did not pass the examination; the images say why.");
  const problem = troubleOfJob(job, ctx.clock.now()) ?? unsound;
  return { ...ended(ctx, job, problem.code === generationProblems.refused.code ? "refused" : "failed"), problem };
}
