import { problems } from "@atelier/core/kernel";
import { reportExperiment } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "../templates/deps.ts";
import { exampleReported, ReportedExperiment, reportedView } from "./schemas.ts";

export const getExperiment = operation({
  id: "getExperiment",
  method: "GET",
  path: "/v1/experiments/{id}",
  area: "Generation",
  summary: "One experiment, and how its arms stand",
  auth: "user",
  status: 200,
  params: IdParams,
  response: ReportedExperiment,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: exampleReported },
  run: (ctx, { params }) => reportExperiment(ctx, prompts(), params.id),
  view: reportedView,
});
