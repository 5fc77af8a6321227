import { problems } from "@atelier/core/kernel";
import { findChannel } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "../posts/deps.ts";
import { IdParams } from "../schemas.ts";
import { Channel, channelBody, exampleChannel } from "./schemas.ts";

export const getChannel = operation({
  id: "getChannel",
  method: "GET",
  path: "/v1/channels/{id}",
  area: "Publishing",
  summary: "One channel",
  auth: "user",
  status: 200,
  params: IdParams,
  response: Channel,
  headers: ["ETag"],
  problems: [problems.notFound],
  example: { response: exampleChannel },
  run: (ctx, { params }) => findChannel(ctx, posts(), params.id),
  view: (channel) => ({ body: channelBody(channel), version: channel.version }),
});
