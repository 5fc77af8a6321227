import { problems } from "@atelier/core/kernel";
import { find } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postView } from "./schemas.ts";

export const getPost = operation({
  id: "getPost",
  method: "GET",
  path: "/v1/posts/{id}",
  area: "Publishing",
  summary: "One post",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Post,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: examplePost },
  run: (ctx, { params }) => find(ctx, posts(), params.id),
  view: postView,
});
