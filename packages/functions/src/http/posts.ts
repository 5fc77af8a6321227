import { connectChannel } from "./channels/connect.ts";
import { disconnectChannel } from "./channels/disconnect.ts";
import { getChannel } from "./channels/get.ts";
import { listChannels } from "./channels/list.ts";
import { area } from "./pipeline.ts";
import { cancelPost } from "./posts/cancel.ts";
import { changePost } from "./posts/change.ts";
import { createPost } from "./posts/create.ts";
import { getPost } from "./posts/get.ts";
import { listPosts } from "./posts/list.ts";
import { preflightPost } from "./posts/preflight.ts";
import { publishPost } from "./posts/publish.ts";
import { removePost } from "./posts/remove.ts";
import { resolveDelivery } from "./posts/resolve-delivery.ts";
import { retryDelivery } from "./posts/retry-delivery.ts";
import { reviewPost } from "./posts/review.ts";

export const operations = [
  listChannels,
  connectChannel,
  getChannel,
  disconnectChannel,
  listPosts,
  createPost,
  preflightPost,
  getPost,
  changePost,
  removePost,
  cancelPost,
  publishPost,
  reviewPost,
  resolveDelivery,
  retryDelivery,
];

export const handler = area("posts", operations);
