import { problems } from "@atelier/core/kernel";
import { ReviewRequest } from "@atelier/core/library";
import { publishingProblems, review } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postBody } from "./schemas.ts";

export const reviewPost = operation({
  id: "reviewPost",
  method: "POST",
  path: "/v1/posts/{id}/reviews",
  area: "Publishing",
  summary: "Approve a post's content, or hold it back",
  description: "An approval stands for exactly this content: captions, hashtags, alt texts, files and channels; not for the time.",
  auth: "user",
  status: 201,
  idempotent: true,
  params: IdParams,
  body: ReviewRequest,
  response: Post,
  headers: ["ETag"],
  problems: [
    problems.notFound,
    problems.conflict,
    publishingProblems.preflight,
    publishingProblems.notApproved,
    publishingProblems.notEditable,
  ],
  example: { body: { decision: "approved" }, response: { ...examplePost, version: 2 } },
  run: (ctx, { params, body }) => review(ctx, posts(), params.id, body),
  view: (post) => ({ body: postBody(post), version: post.version }),
});
