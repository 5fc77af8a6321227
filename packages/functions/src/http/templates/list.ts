import { problems } from "@atelier/core/kernel";
import { category, listTemplates as list } from "@atelier/core/prompts";
import * as z from "zod";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleTemplate, Template, templateBody } from "./schemas.ts";

export const listTemplates = operation({
  id: "listTemplates",
  method: "GET",
  path: "/v1/templates",
  area: "Generation",
  summary: "Templates of prompts: your workspace's, newest first, and the shipped ones behind them",
  auth: "user",
  status: 200,
  query: PageQuery.extend({ source: z.enum(["own", "shipped"]).optional(), category: category.optional() }),
  response: pageOf(Template),
  problems: [problems.badCursor],
  example: { response: { items: [exampleTemplate], nextCursor: null } },
  run: (ctx, { query }) => list(ctx, prompts(), query),
  view: (page) => ({ body: { items: page.items.map(templateBody), nextCursor: page.nextCursor } }),
});
