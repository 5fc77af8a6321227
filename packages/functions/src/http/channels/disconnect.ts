import { problems } from "@atelier/core/kernel";
import { disconnect } from "@atelier/core/publishing";
import { operation } from "../operation.ts";
import { posts } from "../posts/deps.ts";
import { IdParams } from "../schemas.ts";

export const disconnectChannel = operation({
  id: "disconnectChannel",
  method: "DELETE",
  path: "/v1/channels/{id}",
  area: "Publishing",
  summary: "Close a channel",
  description: "A gallery goes offline at once. Posts still scheduled there are blocked when they are due.",
  auth: "user",
  status: 204,
  params: IdParams,
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed],
  run: (ctx, { params }, { ifVersion }) => disconnect(ctx, posts(), params.id, ifVersion),
});
