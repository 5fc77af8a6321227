import { generationProblems, retry } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { safetyProblems } from "@atelier/core/safety";
import { safety } from "../../safety.ts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { jobs } from "./deps.ts";
import { exampleGeneration, Generation, generationView } from "./schemas.ts";

export const retryGeneration = operation({
  id: "retryGeneration",
  method: "POST",
  path: "/v1/generations/{id}/retry",
  area: "Generation",
  summary: "Try a failed generation again",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Generation,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, generationProblems.notRetryable, ...Object.values(safetyProblems)],
  example: { response: { ...exampleGeneration, state: "queued", progress: 0, attempts: [] } },
  run: (ctx, { params }) => retry(ctx, { jobs: jobs(), safety: safety() }, params.id),
  view: generationView,
});
