import { generationProblems } from "@atelier/core/generation";
import { createPlan as create, PlanRequest, planProblems } from "@atelier/core/plans";
import { safetyProblems } from "@atelier/core/safety";
import { operation } from "../operation.ts";
import { planDeps } from "./deps.ts";
import { examplePlan, exampleRequest, Plan, planBody } from "./schemas.ts";

export const createPlan = operation({
  id: "createPlan",
  method: "POST",
  path: "/v1/plans",
  area: "Generation",
  summary: "Have pictures asked for by a plan",
  description:
    "With `rules`, pictures are asked for on certain days, spread over a window of local time. After an outage what was missed is made up for within the window, and not later. With a `quota`, pictures are asked for until enough of them are approved, its time is up, or it may ask for no more. Each is a generation like any other, in your name and within the workspace's budgets.",
  auth: "user",
  status: 201,
  idempotent: true,
  body: PlanRequest,
  response: Plan,
  headers: ["ETag", "Location"],
  problems: [generationProblems.modelUnavailable, planProblems.neverRuns, planProblems.tooMany, ...Object.values(safetyProblems)],
  example: { body: exampleRequest, response: examplePlan },
  run: async (ctx, { body }) => create(ctx, await planDeps(), body),
  view: (plan) => ({ body: planBody(plan), version: plan.version, location: `/v1/plans/${plan.id}` }),
});
