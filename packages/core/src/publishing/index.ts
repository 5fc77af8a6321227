export { type Channel, slugPattern } from "./channel.ts";
export { connect, disconnect, findChannel } from "./channels.ts";
export { Resolution, resolveDelivery, retryDelivery } from "./deliveries.ts";
export { delayUntil, dispatchDue, type Later, type PublishMessage } from "./dispatch.ts";
export { type Entry, type EntryImage, entryUrn, pageUrl } from "./feed/entry.ts";
export { feedNetwork } from "./feed/network.ts";
export { feedStore } from "./feed/store.dynamo.ts";
export type { FeedStore } from "./feed/store.ts";
export { LatePolicy } from "./late-policy.ts";
export { loopbackNetwork } from "./loopback/network.ts";
export type { Found, Network, Networks, PublishOutcome } from "./network.ts";
export {
  type Delivery,
  maxChannels,
  maxImages,
  type Post,
  type PostState,
  postStates,
} from "./post.ts";
export { blockShowing, cancel, change, check, create, find, publishNow, remove, review } from "./posts.ts";
export type { Finding } from "./preflight.ts";
export { publishingProblems } from "./problems.ts";
export { type Handled, handleMessage, type PublishDeps } from "./publish.ts";
export { ChannelRequest, PostChange, PostRequest } from "./request.ts";
export { postStore } from "./store.dynamo.ts";
export type { DuePost, PostStore } from "./store.ts";
