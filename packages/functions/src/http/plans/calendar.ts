import { problems } from "@atelier/core/kernel";
import { calendarOf, findPlan, planLimits } from "@atelier/core/plans";
import * as z from "zod";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { plans } from "./deps.ts";
import { comingBody, exampleWindow, mostWindows, PlanWindow } from "./schemas.ts";

const days = z.coerce.number().int().min(1).max(planLimits.calendarDays).default(7).describe("Days from now.");

export const getPlanCalendar = operation({
  id: "getPlanCalendar",
  method: "GET",
  path: "/v1/plans/{id}/calendar",
  area: "Generation",
  summary: "A plan's windows of the next days, to the moment of each picture",
  description:
    "As it will be if nothing is changed. A plan that is not active has none, and neither has a quota, which follows its reviews.",
  auth: "user",
  status: 200,
  params: IdParams,
  query: z.strictObject({ days }),
  response: z.object({ items: z.array(PlanWindow).max(mostWindows) }),
  problems: [problems.notFound],
  example: { response: { items: [exampleWindow] } },
  run: async (ctx, { params, query }) => calendarOf(ctx, await findPlan(ctx, { plans: plans() }, params.id), query.days),
  view: (items) => ({ body: { items: items.map(comingBody) } }),
});
