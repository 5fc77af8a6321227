import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { budgetStore, setCap } from "../budgets/index.ts";
import { type Catalogue, catalogueOf, jobStore, orderStore } from "../generation/index.ts";
import { type Context, newId } from "../kernel/index.ts";
import { imageStore, ReviewRequest, review, shelfFor } from "../library/index.ts";
import { promptStore } from "../prompts/index.ts";
import {
  createPlan,
  dispatchPlans,
  findPlan,
  listRuns,
  type Plan,
  PlanRequest,
  planStore,
  type Run,
  runDue,
  type SendPlans,
} from "./index.ts";

const free = catalogueOf((provider) => (provider === "sketch" ? [] : ["KEY"]));

/** Plans on a real table, in a workspace of their own, with a clock that tests turn. */
export function openPlans(database: TestTable, start: number, catalogue: Catalogue = free) {
  const time = { now: start };
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", start),
    correlationId: "req_test",
    clock: { now: () => time.now, sleepUntil: async () => undefined },
  };
  const { table } = database;
  const deps = {
    plans: planStore(table),
    prompts: promptStore(table),
    jobs: jobStore(table),
    images: imageStore(table),
    budgets: budgetStore(table),
    catalogue,
    orders: orderStore(table),
    safety: safetyOn(table),
    timeZone: async () => "Europe/Paris",
  };
  const runs = async (plan: Pick<Plan, "id">): Promise<Run[]> => {
    const all: Run[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listRuns(ctx, deps, plan.id, { limit: 100, cursor });
      all.push(...page.items);
      if (page.nextCursor === null) return all.reverse();
      cursor = page.nextCursor;
    }
  };
  return {
    ctx,
    time,
    deps,
    create: (body: object) => createPlan(ctx, deps, PlanRequest.parse({ name: "Plan", ask: { prompt: "a harbour" }, ...body })),
    find: (plan: Pick<Plan, "id">) => findPlan(ctx, deps, plan.id),
    /** Oldest first. */
    runs,
    /** Every generation of the workspace. */
    jobs: async () => (await deps.jobs.list(ctx.workspaceId, { limit: 100 })).items,
    cap: (capMicroUsd: number) => setCap(ctx, deps, { scope: "workspace", period: "day", capMicroUsd }),
    /** Puts a generation's images into review, as drawing and examining them does; or ends it without any. */
    async draw(id: string, state: "succeeded" | "failed" = "succeeded"): Promise<void> {
      const job = await deps.jobs.get({ workspaceId: ctx.workspaceId, id });
      if (!job) throw new Error("There is no such generation.");
      for (const [index, imageId] of job.imageIds.entries()) {
        if (state === "failed") break;
        await deps.images.write(shelfFor(deps).announce(ctx, imageId, job, job.seed + index));
        const image = await deps.images.get(ctx.workspaceId, imageId);
        if (image) await deps.images.write(deps.images.replacement({ ...image, state: "in_review", version: 2 }));
      }
      await deps.jobs.save({ ...job, state, version: job.version + 1 });
    },
    say: (imageId: string, decision: string) => review(ctx, deps, imageId, ReviewRequest.parse({ decision })),
  };
}

export { startTable, type TestTable };

/** The built-in renderer is off in it, so everything costs. */
export const paid = (): Catalogue => catalogueOf((provider) => (provider === "stability" ? [] : ["KEY"]));

export type World = ReturnType<typeof openPlans>;

/** A worker that dies leaves everything as it is. */
class Died extends Error {}

/** What the minute's rule does, and then the worker; `dies` before or after its first write. */
export async function tick({ ctx, deps }: World, dies?: "before" | "after"): Promise<number> {
  const { plans } = deps;
  const mortal: typeof plans = {
    ...plans,
    async save(...change) {
      if (dies === "before") throw new Died();
      await plans.save(...change);
      if (dies === "after") throw new Died();
    },
  };
  const due: { workspaceId: string; id: string }[] = [];
  const send: SendPlans = async (all) =>
    due.push(...all.filter(({ workspaceId, delaySeconds }) => workspaceId === ctx.workspaceId && delaySeconds === 0));
  await dispatchPlans(ctx, { plans, send });
  for (const ref of due)
    await runDue(ctx, { ...deps, plans: mortal }, ref).catch((error: unknown) => {
      if (!(error instanceof Died)) throw error;
    });
  return due.length;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
