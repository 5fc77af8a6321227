import { problems } from "@atelier/core/kernel";
import { cancel, publishingProblems } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postView } from "./schemas.ts";

export const cancelPost = operation({
  id: "cancelPost",
  method: "POST",
  path: "/v1/posts/{id}/cancel",
  area: "Publishing",
  summary: "Do not publish it",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Post,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, publishingProblems.notEditable],
  example: { response: { ...examplePost, state: "canceled", version: 2 } },
  run: (ctx, { params }) => cancel(ctx, posts(), params.id),
  view: postView,
});
