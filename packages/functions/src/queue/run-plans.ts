import { budgetStore } from "@atelier/core/budgets";
import { jobStore, orderStore } from "@atelier/core/generation";
import { imageStore } from "@atelier/core/library";
import { advance, followGeneration, planStore, type RunDeps, runDue } from "@atelier/core/plans";
import { promptStore } from "@atelier/core/prompts";
import * as z from "zod/mini";
import { table } from "../clients.ts";
import { catalogue } from "../provider-settings.ts";
import { safety } from "../safety.ts";
import { consumer, News, workerContext } from "./consume.ts";

/** What is set for providers may change while a process lives. */
const deps = async (): Promise<RunDeps> => ({
  plans: planStore(table()),
  prompts: promptStore(table()),
  jobs: jobStore(table()),
  images: imageStore(table()),
  budgets: budgetStore(table()),
  catalogue: await catalogue(),
  orders: orderStore(table()),
  safety: safety(),
});

const OfPlan = z.object({ planId: z.string() });
const OfRun = z.object({ planId: z.string(), runId: z.string() });

/** A plan is due, a generation of one has ended, or somebody has reviewed an image of one. */
export const handler = consumer(
  "run plans",
  News,
  async ({ "detail-type": type, detail: { workspaceId, correlationId, subject, data } }, note) => {
    const ctx = workerContext(workspaceId, correlationId);
    if (type.startsWith("generation.job.")) {
      const plan = await followGeneration(ctx, await deps(), { ...OfRun.parse(data), id: subject });
      return note({ state: plan?.state });
    }
    const ref = { workspaceId, id: OfPlan.parse(data).planId };
    const plan = type === "plans.plan.due" ? await runDue(ctx, await deps(), ref) : await advance(ctx, await deps(), ref);
    // Until the plan is read, its own id stands for the request of whoever made it.
    note({ state: plan?.state, ...(plan && type === "plans.plan.due" && { correlationId: plan.correlationId }) });
  },
  { timely: true },
);
