import { problems } from "@atelier/core/kernel";
import { findPlan } from "@atelier/core/plans";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { plans } from "./deps.ts";
import { examplePlan, Plan, planView } from "./schemas.ts";

export const getPlan = operation({
  id: "getPlan",
  method: "GET",
  path: "/v1/plans/{id}",
  area: "Generation",
  summary: "One plan, and how far it has come",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Plan,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: examplePlan },
  run: (ctx, { params }) => findPlan(ctx, { plans: plans() }, params.id),
  view: planView,
});
