import { find } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { jobs } from "./deps.ts";
import { exampleGeneration, Generation, generationView } from "./schemas.ts";

export const getGeneration = operation({
  id: "getGeneration",
  method: "GET",
  path: "/v1/generations/{id}",
  area: "Generation",
  summary: "One generation",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Generation,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: exampleGeneration },
  run: (ctx, { params }) => find(ctx, { jobs: jobs() }, params.id),
  view: generationView,
});
