import { generationProblems } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { changePlan as change, PlanChange, planProblems } from "@atelier/core/plans";
import { safetyProblems } from "@atelier/core/safety";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { planDeps } from "./deps.ts";
import { examplePlan, Plan, planView } from "./schemas.ts";

export const changePlan = operation({
  id: "changePlan",
  method: "PATCH",
  path: "/v1/plans/{id}",
  area: "Generation",
  summary: "Change, pause or resume a plan",
  description:
    "What is changed holds from now on: what was asked for stays, and what a pause left out is not made up for. `endsOn: null` and `capPerDayMicroUsd: null` take them away.",
  auth: "user",
  status: 200,
  params: IdParams,
  body: PlanChange,
  response: Plan,
  headers: ["ETag"],
  problems: [
    problems.notFound,
    problems.conflict,
    problems.preconditionFailed,
    generationProblems.modelUnavailable,
    planProblems.neverRuns,
    planProblems.over,
    planProblems.tooMany,
    ...Object.values(safetyProblems),
  ],
  example: { body: { state: "paused" }, response: { ...examplePlan, state: "paused", nextAt: undefined, version: 2 } },
  run: async (ctx, { params, body }, { ifVersion }) => change(ctx, await planDeps(), params.id, body, ifVersion),
  view: planView,
});
