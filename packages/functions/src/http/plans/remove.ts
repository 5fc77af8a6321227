import { problems } from "@atelier/core/kernel";
import { removePlan as remove } from "@atelier/core/plans";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { plans } from "./deps.ts";

export const removePlan = operation({
  id: "removePlan",
  method: "DELETE",
  path: "/v1/plans/{id}",
  area: "Generation",
  summary: "Delete a plan",
  description: "It asks for nothing any more. What it has asked for stays, and is drawn.",
  auth: "user",
  status: 204,
  params: IdParams,
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed],
  run: (ctx, { params }, { ifVersion }) => remove(ctx, { plans: plans() }, params.id, ifVersion),
});
