import { ChannelRequest, connect, publishingProblems } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "../posts/deps.ts";
import { Channel, channelBody, exampleChannel } from "./schemas.ts";

export const connectChannel = operation({
  id: "connectChannel",
  method: "POST",
  path: "/v1/channels",
  area: "Publishing",
  summary: "Open a channel",
  description: "`feed` is built in: a public gallery of your workspace, with a page and a JSON Feed. It needs no account anywhere.",
  auth: "user",
  status: 201,
  idempotent: true,
  body: ChannelRequest,
  response: Channel,
  headers: ["ETag", "Location"],
  problems: [publishingProblems.slugTaken],
  example: { body: { network: "feed", name: "Harbour Days", description: "A picture a day from the coast." }, response: exampleChannel },
  run: (ctx, { body }) => connect(ctx, posts(), body),
  view: (channel) => ({ body: channelBody(channel), version: channel.version, location: `/v1/channels/${channel.id}` }),
});
