import { problems } from "@atelier/core/kernel";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { prompts } from "../templates/deps.ts";
import { Experiment, exampleExperiment, experimentBody } from "./schemas.ts";

export const listExperiments = operation({
  id: "listExperiments",
  method: "GET",
  path: "/v1/experiments",
  area: "Generation",
  summary: "Your workspace's experiments, newest first",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(Experiment),
  problems: [problems.badCursor],
  example: { response: { items: [exampleExperiment], nextCursor: null } },
  run: (ctx, { query }) => prompts().prompts.listExperiments(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(experimentBody), nextCursor: page.nextCursor } }),
});
