import { problems } from "@atelier/core/kernel";
import { libraryProblems, ReviewRequest, review } from "@atelier/core/library";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleReview, Review, reviewBody } from "./schemas.ts";

export const reviewImage = operation({
  id: "reviewImage",
  method: "POST",
  path: "/v1/images/{id}/reviews",
  area: "Library",
  summary: "Approve, reject, hold, or ask for changes",
  description: "Rejecting an image blocks the posts that show it and are not out yet.",
  auth: "user",
  status: 201,
  idempotent: true,
  params: IdParams,
  body: ReviewRequest,
  response: Review,
  problems: [problems.notFound, problems.notAllowed, problems.conflict, libraryProblems.notReviewable],
  example: { body: { decision: "approved", note: "Lovely light." }, response: exampleReview },
  run: (ctx, { params, body }) => review(ctx, libraryDeps(), params.id, body),
  view: (made) => ({ body: reviewBody(made) }),
});
