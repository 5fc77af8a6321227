import { problems } from "@atelier/core/kernel";
import { publishingProblems, retryDelivery as retry } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "./deps.ts";
import { DeliveryParams, examplePost, Post, postView } from "./schemas.ts";

export const retryDelivery = operation({
  id: "retryDelivery",
  method: "POST",
  path: "/v1/posts/{id}/deliveries/{channelId}/retry",
  area: "Publishing",
  summary: "Try one failed channel again",
  description: "At once, whatever time the post had. Channels where it is out are left alone.",
  auth: "user",
  status: 200,
  params: DeliveryParams,
  response: Post,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, publishingProblems.notRetryable],
  example: { response: { ...examplePost, state: "publishing", version: 5 } },
  run: (ctx, { params }) => retry(ctx, posts(), params.id, params.channelId),
  view: postView,
});
