import { problems } from "@atelier/core/kernel";
import { planStates } from "@atelier/core/plans";
import * as z from "zod";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { plans } from "./deps.ts";
import { examplePlan, Plan, planBody } from "./schemas.ts";

export const listPlans = operation({
  id: "listPlans",
  method: "GET",
  path: "/v1/plans",
  area: "Generation",
  summary: "Your workspace's plans, newest first",
  auth: "user",
  status: 200,
  query: PageQuery.extend({ state: z.enum(planStates).optional() }),
  response: pageOf(Plan),
  problems: [problems.badCursor],
  example: { response: { items: [examplePlan], nextCursor: null } },
  run: (ctx, { query }) => plans().list(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(planBody), nextCursor: page.nextCursor } }),
});
