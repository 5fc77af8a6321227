import { problems } from "@atelier/core/kernel";
import { publishingProblems, Resolution, resolveDelivery as resolve } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "./deps.ts";
import { DeliveryParams, examplePost, Post, postView } from "./schemas.ts";

export const resolveDelivery = operation({
  id: "resolveDelivery",
  method: "POST",
  path: "/v1/posts/{id}/deliveries/{channelId}/resolve",
  area: "Publishing",
  summary: "Say what became of an unconfirmed delivery",
  description: "For whoever has looked at the channel. What is not out can then be tried again.",
  auth: "user",
  status: 200,
  params: DeliveryParams,
  body: Resolution,
  response: Post,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, publishingProblems.notResolvable],
  example: { body: { outcome: "not_published" }, response: { ...examplePost, state: "failed", version: 4 } },
  run: (ctx, { params, body }) => resolve(ctx, posts(), params.id, params.channelId, body),
  view: postView,
});
