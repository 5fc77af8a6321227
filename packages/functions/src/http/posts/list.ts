import { problems } from "@atelier/core/kernel";
import { postStates } from "@atelier/core/publishing";
import * as z from "zod";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { posts } from "./deps.ts";
import { examplePost, Post, postBody } from "./schemas.ts";

export const listPosts = operation({
  id: "listPosts",
  method: "GET",
  path: "/v1/posts",
  area: "Publishing",
  summary: "Your workspace's posts, newest first",
  auth: "user",
  status: 200,
  query: PageQuery.extend({ state: z.enum(postStates).optional() }),
  response: pageOf(Post),
  problems: [problems.badCursor],
  example: { response: { items: [examplePost], nextCursor: null } },
  run: (ctx, { query }) => posts().posts.list(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(postBody), nextCursor: page.nextCursor } }),
});
