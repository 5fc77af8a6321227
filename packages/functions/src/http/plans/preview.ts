import { generationProblems } from "@atelier/core/generation";
import { PlanRequest, planProblems, previewPlan as preview } from "@atelier/core/plans";
import { safetyProblems } from "@atelier/core/safety";
import * as z from "zod";
import { operation } from "../operation.ts";
import { Amount, text } from "../schemas.ts";
import { planDeps } from "./deps.ts";
import { comingBody, exampleRequest, exampleWindow, mostWindows, PlanWindow } from "./schemas.ts";

/** A week, whatever day it begins with. */
const previewDays = 7;

const Preview = z
  .object({
    timeZone: text(64),
    images: Amount.describe("Pictures of the next seven days; of a quota, the most that it may ask for."),
    costMicroUsd: Amount.describe("Of all of them, at the catalogue's price."),
    items: z.array(PlanWindow).max(mostWindows),
  })
  .meta({ id: "PlanPreview" });

export const previewPlan = operation({
  id: "previewPlan",
  method: "POST",
  path: "/v1/plans/preview",
  area: "Generation",
  summary: "See what a plan would do in the next seven days, and what that would cost",
  description: "Takes what `POST /v1/plans` takes, and makes nothing. Give a `seed` to have the same moments in the plan itself.",
  auth: "user",
  status: 200,
  body: PlanRequest,
  response: Preview,
  problems: [generationProblems.modelUnavailable, planProblems.neverRuns, ...Object.values(safetyProblems)],
  example: { body: exampleRequest, response: { timeZone: "Europe/Paris", images: 2, costMicroUsd: 0, items: [exampleWindow] } },
  run: async (ctx, { body }) => preview(ctx, await planDeps(), body, previewDays),
  view: ({ items, ...rest }) => ({ body: { ...rest, items: items.map(comingBody) } }),
});
