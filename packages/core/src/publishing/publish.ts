import { type Context, eventOf, instant } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import type { Network, Networks, Publication, PublishOutcome } from "./network.ts";
import { contentDigest, type Delivery, type DeliveryAttempt, outcomeOf, type Post, type PostState, type Trouble } from "./post.ts";
import { soonMs } from "./posts.ts";
import { captionFor, preflight } from "./preflight.ts";
import { publishingProblems } from "./problems.ts";
import { type DuePost, dueShards, type PostRef, type PostStore } from "./store.ts";

/**
 * `due`: publish it at `dueAt`, if it is still at `version`.
 * `check`: a worker claimed it, making it `version`; if it still is at that when the lease is over, that worker is dead.
 */
export type PublishMessage = PostRef & { kind: "due" | "check"; version: number; dueAt: number; correlationId?: string };

/** Sends a message to the publishing queue; the delay is in whole seconds, at most 900. */
export type Later = (message: PublishMessage, delaySeconds: number) => Promise<void>;

export type PublishDeps = { posts: PostStore; networks: Networks; later: Later };

/** A worker's time to publish one post to all of its channels. */
export const publishLeaseMs = 45_000;
/** Workers may die this often over one post before a person is asked. */
export const maxClaims = 5;

/** A queue delivers within a whole second of its delay; the worker waits the rest out. */
const waitHereMs = 2_500;

/** Sends whatever is due up to two minutes ahead, the past included, so an outage catches up by itself. Repeats do no harm: a claim is by version. */
export async function dispatchDue(
  ctx: Context,
  { posts, send }: { posts: PostStore; send: (due: DuePost[], now: number) => Promise<void> },
): Promise<number> {
  const until = ctx.clock.now() + soonMs;
  const most = 100;
  let sent = 0;
  for (let shard = 0; shard < dueShards; shard += 1) {
    // Sent posts stay in the index until they are claimed, so one read of the oldest is all that one minute needs; the next has the next ones.
    const due = await posts.due(shard, until, most * 10);
    for (let at = 0; at < due.length; at += most) await send(due.slice(at, at + most), ctx.clock.now());
    sent += due.length;
  }
  return sent;
}

/** Whole seconds of delay that end a second before the post is due. */
export const delayUntil = (dueAt: number, now: number): number => Math.min(900, Math.max(0, Math.floor((dueAt - now) / 1000) - 1));

/** Whole seconds of delay that end after that moment. */
const delayPast = (at: number, now: number): number => Math.min(900, Math.ceil((at - now) / 1000) + 1);

/**
 * Publishes one post, never early and never twice, however often its message comes. Answers with the post if it was this worker that took it.
 *
 *     message ── check message ── wait ──│due ── claim (attempt written) ── network ── settle
 *                       └────────────────────────────── lease ──────────┤ still claimed? look it up, then go on
 */
export async function handleMessage(ctx: Context, deps: PublishDeps, message: PublishMessage): Promise<Post | undefined> {
  const now = ctx.clock.now();
  if (message.kind === "check") return lookAgain(ctx, deps, message, now);
  if (message.dueAt - now > waitHereMs) {
    await deps.later(message, delayUntil(message.dueAt, now));
    return undefined;
  }
  // Before the wait, so that nothing but the claim stands between the due moment and the network.
  const leaseEnds = Math.max(message.dueAt, now) + publishLeaseMs;
  await watch(deps, message, leaseEnds, now);
  await ctx.clock.sleepUntil(message.dueAt);
  return take(ctx, deps, message, "scheduled", leaseEnds);
}

/** A worker had this post. If it has finished, all is well; if its time is over, somebody else goes on. */
async function lookAgain(ctx: Context, deps: PublishDeps, message: PublishMessage, now: number): Promise<Post | undefined> {
  const post = await deps.posts.get(message);
  if (post?.state !== "publishing" || post.version !== message.version) return undefined;
  const leaseUntil = post.leaseUntil ?? 0;
  if (leaseUntil > now) {
    await deps.later(message, delayPast(leaseUntil, now));
    return undefined;
  }
  const leaseEnds = now + publishLeaseMs;
  await watch(deps, message, leaseEnds, now);
  return take(ctx, deps, message, "publishing", leaseEnds);
}

/** Has somebody look again once the lease is over. */
const watch = (deps: PublishDeps, message: PublishMessage, leaseEnds: number, now: number): Promise<void> =>
  deps.later({ ...message, kind: "check", version: message.version + 1, dueAt: leaseEnds }, delayPast(leaseEnds, now));

async function take(
  ctx: Context,
  deps: PublishDeps,
  message: PublishMessage,
  from: "scheduled" | "publishing",
  leaseEnds: number,
): Promise<Post | undefined> {
  const now = ctx.clock.now();
  const post = await deps.posts.claim(message, from, now, leaseEnds);
  if (!post) return undefined; // edited, canceled, already taken, or done
  await publish({ ...ctx, correlationId: post.correlationId }, deps, post, now);
  return post;
}

async function publish(ctx: Context, deps: PublishDeps, post: Post, startedAt: number): Promise<void> {
  const { images, channels } = await deps.posts.parts(post.workspaceId, post.imageIds, post.channelIds);
  const targets = post.deliveries
    .filter(isOpen)
    .map(({ channelId }) => targetOf(deps.networks, post, images, channels.get(channelId), channelId));

  // An earlier worker may have got through before it died. Only while nothing is out can the post still be held back.
  const known = new Map<string, PublishOutcome>();
  if (post.claims.length > 1) {
    for (const { channelId, network, publication } of targets) {
      const found = network && (await attempt(post, () => network.lookUp(publication)));
      if (found) known.set(channelId, found);
    }
  }
  const obstacle = known.size === 0 ? (lateness(post, startedAt) ?? obstacleOf(post, images, channels)) : undefined;
  if (obstacle) return settle(ctx, deps, post, post.deliveries, obstacle.state, obstacle.problem);

  for (const { channelId, network, publication } of targets) {
    if (known.has(channelId)) continue;
    // Workers that die without a word must not follow each other for ever.
    if (post.claims.length > maxClaims) {
      known.set(channelId, open);
      continue;
    }
    const outcome = network ? await attempt(post, () => network.publish(publication)) : removed;
    if (outcome) known.set(channelId, outcome);
  }
  const at = instant(ctx.clock.now());
  const deliveries = post.deliveries.map((delivery) => {
    const outcome = known.get(delivery.channelId);
    return outcome ? delivered(delivery, outcome, post.claims, at) : delivery;
  });
  return settle(ctx, deps, post, deliveries, outcomeOf(deliveries), deliveries.find((delivery) => delivery.problem)?.problem);
}

const isOpen = ({ state }: Delivery): boolean => state === "pending";

type Target = { channelId: string } & ({ network: Network; publication: Publication } | { network: undefined; publication: undefined });

function targetOf(
  networks: Networks,
  post: Post,
  images: ReadonlyMap<string, Image>,
  channel: Channel | undefined,
  channelId: string,
): Target {
  const network = channel && networks[channel.network];
  if (!network) return { channelId, network: undefined, publication: undefined };
  const shown = post.imageIds.flatMap((id) => images.get(id) ?? []);
  return { channelId, network, publication: { post, channel, caption: captionFor(post, channelId), images: shown } };
}

/** A fault of the network or of ours leaves open whether it took effect, so the check message looks it up; after too many, a person does. */
async function attempt(post: Post, run: () => Promise<PublishOutcome | undefined>): Promise<PublishOutcome | undefined> {
  try {
    return await run();
  } catch (error) {
    if (post.claims.length < maxClaims) throw error;
    return open;
  }
}

const outcomes = { published: "published", failed: "failed", unknown: "unconfirmed" } as const satisfies Record<
  PublishOutcome["kind"],
  Delivery["state"]
>;

/** The last of the claims is this attempt; the ones before it were begun by workers that died. */
function delivered(delivery: Delivery, outcome: PublishOutcome, claims: readonly string[], endedAt: string): Delivery {
  const { problem: _before, ...kept } = delivery;
  const lost = claims.slice(0, -1).map((startedAt): DeliveryAttempt => ({ startedAt, outcome: "unknown" }));
  const startedAt = claims.at(-1) ?? endedAt;
  const made: DeliveryAttempt = {
    startedAt,
    endedAt,
    outcome: outcome.kind,
    ...(outcome.kind !== "published" && { problem: outcome.problem }),
  };
  return {
    ...kept,
    state: outcomes[outcome.kind],
    attempts: [...delivery.attempts, ...lost, made],
    ...(outcome.kind === "published"
      ? { externalId: outcome.externalId, url: outcome.url, publishedAt: outcome.publishedAt }
      : { problem: outcome.problem }),
  };
}

type Obstacle = { state: "blocked" | "skipped"; problem: Trouble };
const blocked = (problem: Trouble): Obstacle => ({ state: "blocked", problem });

/** What has changed since it was approved, if it must not go out as it is. */
function obstacleOf(post: Post, images: ReadonlyMap<string, Image>, channels: ReadonlyMap<string, Channel>): Obstacle | undefined {
  const error = preflight(post, images, channels).find((finding) => finding.severity === "error");
  if (error?.rule === "channel-missing") return blocked(trouble("channelRemoved", error.detail));
  if (error) return blocked(trouble("imageWithdrawn", error.detail));
  const digests = Object.fromEntries([...images].map(([id, image]) => [id, image.file?.sha256 ?? ""]));
  if (post.approval?.digest !== contentDigest(post, digests))
    return blocked(trouble("contentChanged", "Approve it again as it is now, or change it back."));
  return undefined;
}

/** What queues and cold starts may take without a post being called late. */
const punctualMs = 10_000;

/** How the post's own policy takes its being late. */
function lateness({ scheduledAt, createdAt, latePolicy }: Post, startedAt: number): Obstacle | undefined {
  const lateMs = startedAt - Date.parse(scheduledAt ?? createdAt);
  if (lateMs <= latePolicy.withinSeconds * 1000 + punctualMs) return undefined;
  const late = `It was due ${lateMs < 120_000 ? `${Math.round(lateMs / 1000)} s` : `${Math.round(lateMs / 60_000)} min`} ago and may be at most ${latePolicy.withinSeconds} s late.`;
  if (latePolicy.mode === "skip") return { state: "skipped", problem: trouble("late", `${late} It was skipped.`) };
  return blocked(trouble("late", `${late} Publish it now, give it another time, or cancel it.`));
}

async function settle(
  ctx: Context,
  { posts }: PublishDeps,
  post: Post,
  deliveries: Delivery[],
  state: PostState,
  problem: Trouble | undefined,
): Promise<void> {
  const { leaseUntil: _lease, problem: _before, ...kept } = post;
  const settled: Post = {
    ...kept,
    state,
    deliveries,
    claims: [],
    ...(problem && { problem }),
    updatedAt: instant(ctx.clock.now()),
    version: post.version + 1,
  };
  await posts.save(settled, { event: eventOf(ctx, `publishing.post.${state.replaceAll("_", "-")}`, settled, { imageIds: post.imageIds }) });
}

const trouble = (name: keyof typeof publishingProblems, detail: string): Trouble => {
  const { code, title } = publishingProblems[name];
  return { code, title, detail };
};

const removed: PublishOutcome = { kind: "failed", problem: trouble("channelRemoved", "Choose another channel and try again.") };
const open: PublishOutcome = {
  kind: "unknown",
  problem: trouble("unconfirmed", `After ${maxClaims} attempts it is open whether the post is out. Look at the channel.`),
};
