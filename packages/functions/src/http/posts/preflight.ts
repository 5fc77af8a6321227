import { check, PostRequest } from "@atelier/core/publishing";
import * as z from "zod";
import { operation } from "../operation.ts";
import { posts } from "./deps.ts";
import { exampleFinding, examplePostRequest, Finding } from "./schemas.ts";

export const preflightPost = operation({
  id: "preflightPost",
  method: "POST",
  path: "/v1/posts/preflight",
  area: "Publishing",
  summary: "Check a post against its channels' rules without making it",
  description: "Creating a post answers 422 with the same findings if one is an error. A finding's `fix` holds the members that mend it.",
  auth: "user",
  status: 200,
  body: PostRequest,
  response: z.object({ findings: z.array(Finding).max(1_000) }),
  problems: [],
  example: { body: examplePostRequest, response: { findings: [exampleFinding] } },
  run: async (ctx, { body }) => ({ findings: await check(ctx, posts(), body) }),
});
