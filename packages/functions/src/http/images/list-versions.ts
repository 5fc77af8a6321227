import { problems } from "@atelier/core/kernel";
import { listVersions as list } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams, PageQuery, pageOf } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleVersion, ImageVersion, versionBody } from "./version-schemas.ts";

export const listVersions = operation({
  id: "listVersions",
  method: "GET",
  path: "/v1/images/{id}/versions",
  area: "Library",
  summary: "The versions of an image, newest first",
  description: "Number 1 is the original. Each says of which version it was made, and how.",
  auth: "user",
  status: 200,
  params: IdParams,
  query: PageQuery,
  response: pageOf(ImageVersion),
  problems: [problems.notFound, problems.badCursor],
  example: { response: { items: [exampleVersion], nextCursor: null } },
  run: (ctx, { params, query }) => list(ctx, libraryDeps(), params.id, query),
  view: async (page) => ({ body: { items: await Promise.all(page.items.map(versionBody)), nextCursor: page.nextCursor } }),
});
