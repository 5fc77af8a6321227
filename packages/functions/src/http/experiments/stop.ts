import { problems } from "@atelier/core/kernel";
import { stopExperiment as stop } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "../templates/deps.ts";
import { exampleReported, ReportedExperiment, reportedView } from "./schemas.ts";

export const stopExperiment = operation({
  id: "stopExperiment",
  method: "POST",
  path: "/v1/experiments/{id}/stop",
  area: "Generation",
  summary: "Stop an experiment",
  description:
    "Its figures stay, and no label moves; to use a version from now on, label it `production`. One that has ended already stays as it is.",
  auth: "user",
  status: 200,
  params: IdParams,
  response: ReportedExperiment,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict],
  example: { response: { ...exampleReported, state: "stopped", endedAt: "2026-11-21T10:00:00.000Z", version: 2 } },
  run: (ctx, { params }) => stop(ctx, prompts(), params.id),
  view: reportedView,
});
