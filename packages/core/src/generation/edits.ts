import type { BudgetDeps } from "../budgets/index.ts";
import { type Context, eventOf, newId, Problem, problems, type Write } from "../kernel/index.ts";
import { type EditOperation, unfit } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import { allowedFor } from "./allowed.ts";
import { type Catalogue, type EditOffered, editPriceOf } from "./catalogue.ts";
import { type Choice, choicesOf, type EditOf, type Job } from "./job.ts";
import { assertSomeAffordable } from "./jobs.ts";
import { longestRoute } from "./limits.ts";
import { queued } from "./new-job.ts";
import { generationProblems } from "./problems.ts";
import type { JobStore } from "./store.ts";

/** A change of a picture that somebody wants from a provider. */
export type EditWanted = {
  imageId: string;
  /** Of the version that comes of it. */
  versionId: string;
  operation: EditOperation;
  /** Only this one is asked. */
  model: string | undefined;
  source: EditOf["source"] & { bytes: number };
  /** Sides of what is to come, pixels. */
  size: { width: number; height: number };
  rating: Rating;
};

export type EditDeps = { jobs: Pick<JobStore, "insertion">; catalogue: Catalogue } & BudgetDeps;

/**
 * The job that has a provider change a picture, as a write for the transaction of whoever keeps its version, and what it may cost with the first who will be
 * asked. Throws `generation/model-unavailable` where nobody can do it here, `request/invalid` where nobody can take this picture, and
 * `generation/budget-spent` where the caps have no room for it at any of them.
 */
export async function requestEdit(
  ctx: Context,
  { jobs, catalogue, budgets }: EditDeps,
  wanted: EditWanted,
): Promise<{ job: Job; estimateMicroUsd: number; write: Write }> {
  const { imageId, versionId, operation, rating } = wanted;
  const [first = { provider: "", model: "" }, ...more] = editRouteOf(catalogue, wanted);
  const { bytes: _bytes, ...source } = wanted.source;
  const at = ctx.clock.now();
  const asked: Job = {
    ...queued(ctx, at),
    id: newId("edt", at),
    edit: { imageId, operation, source },
    prompt: "",
    ...wanted.size,
    quality: "standard",
    ...first,
    ...(more.length > 0 && { route: [first, ...more] }),
    count: 1,
    seed: 0,
    tags: [],
    imageIds: [versionId],
  };
  const job = { ...allowedFor(asked, rating), rating };
  await assertSomeAffordable(ctx, { budgets }, choicesOf(job), (choice) => editPriceOf(catalogue, choice));
  const write = jobs.insertion(job, eventOf(ctx, "generation.job.requested", job));
  return { job, estimateMicroUsd: editPriceOf(catalogue, job), write };
}

const doing: Readonly<Record<EditOperation["type"], string>> = { remove_background: "removes backgrounds", upscale: "enlarges pictures" };

/** Who is to be asked, in this order: the operator's or the workspace's, then the cheapest first. Each provider is there once. */
export function editRouteOf(
  { edits, order }: Catalogue,
  { operation, model, source }: Pick<EditWanted, "operation" | "model" | "source">,
): Choice[] {
  const able = edits.filter((row) => row.does === operation.type && (operation.type !== "upscale" || row.factors?.[operation.factor]));
  const meant = able.filter((row) => model === undefined || row.model === model);
  if (meant.length === 0)
    throw new Problem(problems.invalid, `There is no such model that ${doing[operation.type]} so.`, {
      errors: [{ pointer: "#/model", detail: `One of: ${able.map((row) => row.model).join(", ")}.` }],
    });
  const on = meant.filter(({ use }) => use === "on");
  if (on.length === 0)
    throw new Problem(
      generationProblems.modelUnavailable,
      `No model that ${doing[operation.type]} is on. ${meant.map(({ title, why = "" }) => `${title}: ${why}`).join(" ")}`.trim(),
    );
  const troubles = on.map((row) => ({ row, trouble: unfit(row, source) }));
  const fit = troubles.filter(({ trouble }) => trouble === undefined).map(({ row }) => row);
  if (fit.length === 0)
    throw new Problem(problems.invalid, "No model that is on can take this picture. Resize it first, or choose another version.", {
      errors: troubles.map(({ row, trouble = "" }) => ({ pointer: "#/operations/0", detail: `${row.title}: ${trouble}` })),
    });
  const place = ({ provider }: EditOffered) => (order.includes(provider) ? order.indexOf(provider) : order.length);
  const route = new Map<string, Choice>();
  for (const row of fit.toSorted((a, b) => place(a) - place(b) || a.priceMicroUsd - b.priceMicroUsd))
    if (!route.has(row.provider)) route.set(row.provider, { provider: row.provider, model: row.model });
  return [...route.values()].slice(0, longestRoute);
}
