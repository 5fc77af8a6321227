import { problems } from "@atelier/core/kernel";
import { listRuns } from "@atelier/core/plans";
import { operation } from "../operation.ts";
import { IdParams, PageQuery, pageOf } from "../schemas.ts";
import { plans } from "./deps.ts";
import { exampleRun, Run, runBody } from "./schemas.ts";

export const listPlanRuns = operation({
  id: "listPlanRuns",
  method: "GET",
  path: "/v1/plans/{id}/runs",
  area: "Generation",
  summary: "What a plan has asked for, and what it could not, newest first",
  auth: "user",
  status: 200,
  params: IdParams,
  query: PageQuery,
  response: pageOf(Run),
  problems: [problems.notFound, problems.badCursor],
  example: { response: { items: [exampleRun], nextCursor: null } },
  run: (ctx, { params, query }) => listRuns(ctx, { plans: plans() }, params.id, query),
  view: (page) => ({ body: { items: page.items.map(runBody), nextCursor: page.nextCursor } }),
});
