import { dayOf } from "../budgets/index.ts";
import { isFinal, type JobStore } from "../generation/index.ts";
import { Conflict, type Context, persist, type Write } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import { calm, leastTimes, type Watch, watched } from "./alert.ts";
import { alertsOf } from "./alerts.ts";
import type { MetricsStore, Reviewed } from "./store.ts";
import { additionsOf, type Ended, msOf, nameOf, outcomeOf, quantile, type Sums, subjectOf, timesOf } from "./sums.ts";

export type MetricsDeps = { metrics: MetricsStore };

const dayMs = 24 * 60 * 60 * 1000;
const usualDays = 7;

/**
 * Counts a generation that has ended, once however often its news come, for the day on which it was asked for, and tells of models that fail or are slow.
 * Attempts that end after it have news of their own.
 */
export function countGeneration(ctx: Context, deps: MetricsDeps & { jobs: Pick<JobStore, "get"> }, id: string): Promise<boolean> {
  return persist(async () => {
    const job = await deps.jobs.get({ workspaceId: ctx.workspaceId, id });
    if (!job || !isFinal(job.state) || job.finishedAt === undefined) return false;
    const ended = job.attempts.filter(({ endedAt, late }) => endedAt !== undefined && !late);
    return countOnce(ctx, deps, { ...job, id, endedAt: job.finishedAt }, ended);
  });
}

/** An attempt that has ended after its generation, as its event tells of it. */
export type Settled = {
  attempt: Ended;
  /** Of its generation. */
  createdAt: string;
  template?: { id: string; version: number };
  /** Its generation was an edit. */
  edit?: true;
};

/** Counts what was settled late, such as the price of what had been asked for when somebody stopped it. `id`: of the event. */
export const countSettled = (ctx: Context, deps: MetricsDeps, id: string, { attempt, ...of }: Settled): Promise<boolean> =>
  persist(() => countOnce(ctx, deps, { ...of, id, endedAt: attempt.endedAt ?? of.createdAt }, [attempt]));

type Counted = { id: string; endedAt: string; createdAt: string; template?: { id: string; version: number }; edit?: unknown };

async function countOnce(ctx: Context, { metrics }: MetricsDeps, of: Counted, ended: readonly Ended[]): Promise<boolean> {
  const mark = metrics.mark(ctx.workspaceId, of.id, of.endedAt, ctx.clock.now());
  try {
    const news = await watchModels(ctx, { metrics }, ended);
    await metrics.add(ctx.workspaceId, dayOf(Date.parse(of.createdAt)), additionsOf(ended, of), [mark, ...news]);
    return true;
  } catch (error) {
    // The mark is the first of the writes: it was counted before.
    if (error instanceof Conflict && error.index === 0) return false;
    throw error;
  }
}

/** How the models of some attempts do now, and what people are told of them. */
async function watchModels(ctx: Context, { metrics }: MetricsDeps, ended: readonly Ended[]): Promise<Write[]> {
  const said = ended
    .filter((attempt) => outcomeOf(attempt) !== undefined)
    .toSorted((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""));
  const models = [...new Set(said.map(subjectOf.model))];
  if (models.length === 0) return [];
  const now = ctx.clock.now();
  const [watches, days] = await Promise.all([
    metrics.watches(ctx.workspaceId, models),
    // Without today: a bad day is not to be what is usual.
    metrics.days(ctx.workspaceId, dayOf(now - usualDays * dayMs), dayOf(now - dayMs)),
  ]);
  return models.flatMap((model, index) => {
    const { version = 0, ...before } = watches[index] ?? { ...calm, version: 0 };
    const usual = usualMs(
      days.map(({ sums }) => sums),
      model,
    );
    const after = said
      .filter((attempt) => subjectOf.model(attempt) === model)
      .reduce((watch: Watch, attempt) => watched(watch, { outcome: outcomeOf(attempt) ?? "refused", ms: msOf(attempt) }, usual), before);
    const { open, writes } = alertsOf(ctx, metrics, { model, usual }, after);
    return [...writes, metrics.watch(ctx.workspaceId, model, { ...after, open, version: version + 1 })];
  });
}

function usualMs(days: readonly Sums[], model: string): number | undefined {
  const times = timesOf(days, model);
  return [...times.values()].reduce((sum, count) => sum + count, 0) < leastTimes ? undefined : quantile(times, 0.95);
}

/** Port to the rows of the library: an image as it is now. */
export type Images = { get(workspaceId: string, id: string): Promise<Image | undefined> };

/** Counts what a reviewer has said of a generated image, for the day on which it was asked for; a later review takes the place of the one before. */
export function countReview(ctx: Context, { metrics, images }: MetricsDeps & { images: Images }, imageId: string): Promise<boolean> {
  return persist(async () => {
    const [image, was] = await Promise.all([images.get(ctx.workspaceId, imageId), metrics.reviewed(ctx.workspaceId, imageId)]);
    // Without a review, but with one that was counted: an edit has taken it back.
    if (!image?.making || (!image.review && !was) || (was && was.imageVersion >= image.version)) return false;
    const decision = image.review?.decision;
    const is: Reviewed = {
      imageId,
      imageVersion: image.version,
      decision: decision === "approved" || decision === "rejected" ? decision : "open",
      version: (was?.version ?? 0) + 1,
    };
    const { making } = image;
    const subjects = [subjectOf.all, subjectOf.model(making), ...(making.template ? [subjectOf.template(making.template)] : [])];
    const by: Record<string, number> = {};
    for (const subject of subjects)
      for (const what of ["approved", "rejected"] as const) {
        const change = Number(is.decision === what) - Number(was?.decision === what);
        if (change !== 0) by[nameOf(subject, what)] = change;
      }
    await metrics.add(ctx.workspaceId, dayOf(Date.parse(image.createdAt)), by, [metrics.review(ctx.workspaceId, is)]);
    return true;
  });
}
