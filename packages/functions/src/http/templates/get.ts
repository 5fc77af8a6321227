import { problems } from "@atelier/core/kernel";
import { lookAtTemplate } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleTemplate, StandingTemplate, standingView } from "./schemas.ts";

export const getTemplate = operation({
  id: "getTemplate",
  method: "GET",
  path: "/v1/templates/{id}",
  area: "Generation",
  summary: "One template, and what reviews have said of its versions",
  auth: "user",
  status: 200,
  params: IdParams,
  response: StandingTemplate,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: {
    response: {
      ...exampleTemplate,
      outcomes: [{ version: 1, approved: 17, rejected: 5, score: 0.75, reasons: { artifacts: 3, composition: 2 } }],
      suggestedNegatives: ["artifacts", "noise", "watermark", "cropped", "out of frame", "cluttered"],
    },
  },
  run: (ctx, { params }) => lookAtTemplate(ctx, prompts(), params.id),
  view: standingView,
});
