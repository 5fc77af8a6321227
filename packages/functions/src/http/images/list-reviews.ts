import { problems } from "@atelier/core/kernel";
import { find } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams, PageQuery, pageOf } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleReview, Review, reviewBody } from "./schemas.ts";

export const listReviews = operation({
  id: "listReviews",
  method: "GET",
  path: "/v1/images/{id}/reviews",
  area: "Library",
  summary: "What was decided about an image, newest first",
  auth: "user",
  status: 200,
  params: IdParams,
  query: PageQuery,
  response: pageOf(Review),
  problems: [problems.notFound, problems.badCursor],
  example: { response: { items: [exampleReview], nextCursor: null } },
  async run(ctx, { params, query }) {
    const image = await find(ctx, libraryDeps(), params.id);
    return libraryDeps().images.reviews(ctx.workspaceId, image.id, query);
  },
  view: (page) => ({ body: { items: page.items.map(reviewBody), nextCursor: page.nextCursor } }),
});
