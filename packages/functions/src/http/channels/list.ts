import { problems } from "@atelier/core/kernel";
import { operation } from "../operation.ts";
import { posts } from "../posts/deps.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { Channel, channelBody, exampleChannel } from "./schemas.ts";

export const listChannels = operation({
  id: "listChannels",
  method: "GET",
  path: "/v1/channels",
  area: "Publishing",
  summary: "Your workspace's channels, newest first",
  auth: "user",
  status: 200,
  query: PageQuery,
  response: pageOf(Channel),
  problems: [problems.badCursor],
  example: { response: { items: [exampleChannel], nextCursor: null } },
  run: (ctx, { query }) => posts().posts.listChannels(ctx.workspaceId, query),
  view: (page) => ({ body: { items: page.items.map(channelBody), nextCursor: page.nextCursor } }),
});
