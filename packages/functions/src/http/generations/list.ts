import { jobStates } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { jobs } from "./deps.ts";
import { exampleGeneration, Generation, generationBody } from "./schemas.ts";

export const listGenerations = operation({
  id: "listGenerations",
  method: "GET",
  path: "/v1/generations",
  area: "Generation",
  summary: "Your workspace's generations, newest first",
  auth: "user",
  status: 200,
  query: PageQuery.extend({ state: z.enum(jobStates).optional() }),
  response: pageOf(Generation),
  problems: [problems.badCursor],
  example: { response: { items: [exampleGeneration], nextCursor: null } },
  run: (ctx, { query }) => jobs().list(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(generationBody), nextCursor: page.nextCursor } }),
});
