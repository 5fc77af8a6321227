import { problems } from "@atelier/core/kernel";
import { publishingProblems, publishNow } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postView } from "./schemas.ts";

export const publishPost = operation({
  id: "publishPost",
  method: "POST",
  path: "/v1/posts/{id}/publish",
  area: "Publishing",
  summary: "Publish it now",
  description: "Whatever time it had. Also the answer to a post that was held because it was late.",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Post,
  headers: ["ETag"],
  problems: [
    problems.notFound,
    problems.conflict,
    publishingProblems.preflight,
    publishingProblems.notApproved,
    publishingProblems.notEditable,
  ],
  example: { response: { ...examplePost, version: 2 } },
  run: (ctx, { params }) => publishNow(ctx, posts(), params.id),
  view: postView,
});
