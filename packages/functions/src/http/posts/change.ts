import { problems } from "@atelier/core/kernel";
import { change, PostChange, publishingProblems } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postView } from "./schemas.ts";

export const changePost = operation({
  id: "changePost",
  method: "PATCH",
  path: "/v1/posts/{id}",
  area: "Publishing",
  summary: "Edit a post that is not out yet",
  description: "A change of content withdraws the approval, unless you may approve yourself. `scheduledAt: null` makes it a draft again.",
  auth: "user",
  status: 200,
  params: IdParams,
  body: PostChange,
  response: Post,
  headers: ["ETag"],
  problems: [
    problems.notFound,
    problems.conflict,
    problems.preconditionFailed,
    publishingProblems.preflight,
    publishingProblems.notEditable,
  ],
  example: {
    body: { caption: "The harbour, before anybody wakes." },
    response: { ...examplePost, caption: "The harbour, before anybody wakes.", version: 2 },
  },
  run: (ctx, { params, body }, { ifVersion }) => change(ctx, posts(), params.id, body, ifVersion),
  view: postView,
});
