import { create, PostRequest, publishingProblems } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "./deps.ts";
import { examplePost, examplePostRequest, Post, postBody } from "./schemas.ts";

export const createPost = operation({
  id: "createPost",
  method: "POST",
  path: "/v1/posts",
  area: "Publishing",
  summary: "Write a post: for a time, for now, or as a draft",
  description:
    "`scheduledAt` is an instant, or a local time in `timeZone`; `now: true` publishes at once; with neither it stays a draft. Your own posts are approved by this, for exactly this content. `latePolicy` says what happens if the system was down at that time.",
  auth: "user",
  status: 201,
  idempotent: true,
  body: PostRequest,
  response: Post,
  headers: ["ETag", "Location"],
  problems: [publishingProblems.preflight],
  example: { body: examplePostRequest, response: examplePost },
  run: (ctx, { body }) => create(ctx, posts(), body),
  view: (post) => ({ body: postBody(post), version: post.version, location: `/v1/posts/${post.id}` }),
});
