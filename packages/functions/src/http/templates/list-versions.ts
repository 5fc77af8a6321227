import { problems } from "@atelier/core/kernel";
import { listVersions } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { IdParams, PageQuery, pageOf } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleVersion, TemplateVersion, versionBody } from "./schemas.ts";

export const listTemplateVersions = operation({
  id: "listTemplateVersions",
  method: "GET",
  path: "/v1/templates/{id}/versions",
  area: "Generation",
  summary: "The versions of a template, newest first",
  auth: "user",
  status: 200,
  params: IdParams,
  query: PageQuery,
  response: pageOf(TemplateVersion),
  problems: [problems.notFound, problems.badCursor],
  example: { response: { items: [exampleVersion], nextCursor: null } },
  run: (ctx, { params, query }) => listVersions(ctx, prompts(), params.id, query),
  view: (page) => ({ body: { items: page.items.map(versionBody), nextCursor: page.nextCursor } }),
});
