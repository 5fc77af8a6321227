import { cancel, generationProblems } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { jobs, library } from "./deps.ts";
import { exampleGeneration, Generation, generationView } from "./schemas.ts";

export const cancelGeneration = operation({
  id: "cancelGeneration",
  method: "POST",
  path: "/v1/generations/{id}/cancel",
  area: "Generation",
  summary: "Stop a generation",
  description: "Images that are in review already stay; those still on their way are dropped.",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Generation,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, generationProblems.notCancelable],
  example: { response: { ...exampleGeneration, state: "canceled", progress: 0.05 } },
  run: (ctx, { params }) => cancel(ctx, { jobs: jobs(), library: library() }, params.id),
  view: generationView,
});
