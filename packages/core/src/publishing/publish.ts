import { type Context, eventOf, instant, type Trouble, troubleOf } from "../kernel/index.ts";
import type { Image } from "../library/index.ts";
import type { Channel } from "./channel.ts";
import { delayPast, delayUntil, type Later, type PublishMessage } from "./dispatch.ts";
import type { Network, Networks, Publication, PublishOutcome } from "./network.ts";
import { lateness, obstacleOf } from "./obstacle.ts";
import { type Delivery, type DeliveryAttempt, outcomeOf, type Post, type PostState } from "./post.ts";
import { captionFor } from "./preflight.ts";
import { publishingProblems } from "./problems.ts";
import type { PostStore } from "./store.ts";

/** What a worker did with a post that it took: how it left it, which deliveries ended by its hand, and whether another worker had died over it. */
export type Handled = { post: Post; ended: Delivery[]; takenOver: boolean };

export type PublishDeps = { posts: PostStore; networks: Networks; later: Later };

/** A worker's time to publish one post to all of its channels. */
export const publishLeaseMs = 45_000;
/** What a call to a network may take, its deadline and more. */
const callMs = 15_000;
/** A delivery is begun this often before a person is asked. */
export const maxTries = 5;

/** A queue delivers within a whole second of its delay; the worker waits the rest out. */
const waitHereMs = 2_500;

/**
 * Publishes one post, never early and never twice, however often its message comes. Answers with what was done if it was this worker that took it.
 *
 *     message ── check message ── wait ──│due ── claim (attempt written) ── network ── settle
 *                       └────────────────────────────── lease ──────────┤ still claimed? look it up, then go on
 */
export async function handleMessage(ctx: Context, deps: PublishDeps, message: PublishMessage): Promise<Handled | undefined> {
  const now = ctx.clock.now();
  if (message.kind === "check") return check(ctx, deps, message, now);
  if (message.dueAt - now > waitHereMs) {
    await deps.later(message, delayUntil(message.dueAt, now));
    return undefined;
  }
  // Before the wait, so that nothing but the claim stands between the due moment and the network.
  const leaseEnds = Math.max(message.dueAt, now) + publishLeaseMs;
  await sendCheck(deps, message, message.version + 1, leaseEnds, now);
  await ctx.clock.sleepUntil(message.dueAt);
  return claimAndDeliver(ctx, deps, message, "scheduled", leaseEnds);
}

/** A worker had this post. If it has finished, all is well; if its time is over, somebody else goes on. */
async function check(ctx: Context, deps: PublishDeps, message: PublishMessage, now: number): Promise<Handled | undefined> {
  const post = await deps.posts.get(message);
  if (post?.state !== "publishing" || post.version !== message.version) return undefined;
  const leaseUntil = post.leaseUntil ?? 0;
  if (leaseUntil > now) {
    await deps.later(message, delayPast(leaseUntil, now));
    return undefined;
  }
  const leaseEnds = now + publishLeaseMs;
  await sendCheck(deps, message, message.version + 1, leaseEnds, now);
  return claimAndDeliver(ctx, deps, message, "publishing", leaseEnds);
}

/** Has somebody look again once the lease is over. */
const sendCheck = (
  deps: PublishDeps,
  { workspaceId, id, correlationId }: PublishMessage | Post,
  version: number,
  leaseEnds: number,
  now: number,
) => deps.later({ kind: "check", workspaceId, id, version, dueAt: leaseEnds, correlationId }, delayPast(leaseEnds, now));

async function claimAndDeliver(
  ctx: Context,
  deps: PublishDeps,
  message: PublishMessage,
  from: "scheduled" | "publishing",
  leaseEnds: number,
): Promise<Handled | undefined> {
  const now = ctx.clock.now();
  const claimed = await deps.posts.claim(message, from, now, leaseEnds);
  if (!claimed) return undefined; // edited, canceled, already taken, or done
  const post = await deliver({ ...ctx, correlationId: claimed.correlationId }, deps, claimed, now);
  const wasOpen = new Set(claimed.deliveries.filter(isOpen).map(({ channelId }) => channelId));
  const ended = post.deliveries.filter((delivery) => wasOpen.has(delivery.channelId) && !isOpen(delivery));
  return { post, ended, takenOver: claimed.claims.length > 1 };
}

/** Answers with the post as it is left: settled, or to be gone on with. */
async function deliver(ctx: Context, deps: PublishDeps, post: Post, startedAt: number): Promise<Post> {
  const { images, channels } = await deps.posts.parts(post.workspaceId, post.imageIds, post.channelIds);
  const targets = post.deliveries
    .filter(isOpen)
    .map((delivery) => ({ tries: triesOf(post, delivery), ...targetOf(deps.networks, post, images, channels, delivery) }));
  const results = new Map<string, Result>();

  // An earlier worker may have got through before it died or lost the line.
  const repeatable = new Set<string>();
  await Promise.all(
    targets.map(async ({ channelId, tries, network, publication }) => {
      if (tries === 1 || !network) return;
      const found = await tried(() => network.lookUp(publication));
      if (found.kind === "repeatable") repeatable.add(channelId);
      else if (found.kind !== "absent") results.set(channelId, found);
    }),
  );
  // Only while nothing is out, and nothing may be, can the post as a whole still be held back.
  const begun = results.size > 0 || repeatable.size > 0 || !post.deliveries.every(isOpen);
  const obstacle = (begun || post.retriedAt ? undefined : lateness(post, startedAt)) ?? obstacleOf(post, images, channels);
  if (obstacle && !begun) return settle(ctx, deps, post, post.deliveries, obstacle.state, obstacle.problem);

  // Once the lease is over another worker may be at it: what cannot be done well within it is left to the next.
  const hasTime = ctx.clock.now() + callMs <= (post.leaseUntil ?? 0);
  const open = targets.filter(({ channelId }) => !results.has(channelId));
  await Promise.all(
    open.map(async ({ channelId, tries, network, publication }) => {
      if (!hasTime) results.set(channelId, { kind: "left" });
      // Workers that die without a word must not follow each other for ever.
      else if (obstacle || tries > maxTries)
        results.set(channelId, repeatable.has(channelId) ? stillOpen : failed(obstacle?.problem ?? notTaken));
      else results.set(channelId, network ? await tried(() => network.publish(publication)) : failed(removed));
    }),
  );

  const at = instant(ctx.clock.now());
  const deliveries = post.deliveries.map((delivery) => {
    const result = results.get(delivery.channelId);
    return result ? delivered(post, delivery, result, at) : delivery;
  });
  if (deliveries.some(isOpen)) return goOnLater(ctx, deps, post, deliveries);
  return settle(ctx, deps, post, deliveries, outcomeOf(deliveries), deliveries.find((delivery) => delivery.problem)?.problem);
}

/** What came of a call: what the network said, or that the line was lost and it is open whether the call took effect; `left`: none was made. */
type Result = PublishOutcome | { kind: "uncertain"; problem: Trouble } | { kind: "left" };

/** A fault of the network or of the way to it. One channel's trouble does not hold up the others. */
async function tried<T>(call: () => Promise<T>): Promise<T | Extract<Result, { kind: "uncertain" }>> {
  try {
    return await call();
  } catch (error) {
    return {
      kind: "uncertain",
      problem: troubleOf(publishingProblems.unconfirmed, `The network gave no answer (${(error as Error).message}). It is looked up.`),
    };
  }
}

/** How often it was begun since the last time that its outcome was known, this time included. */
const triesOf = (post: Post, delivery: Delivery): number => openAttempts(delivery).length + post.claims.length;

/** The attempts since the last one whose outcome is known. */
const openAttempts = ({ attempts }: Delivery): DeliveryAttempt[] =>
  attempts.slice(attempts.findLastIndex(({ outcome }) => outcome !== "unknown") + 1);

/** Writes down what is known. What is open is looked up once the lease is over: a network may take a while to show what it has taken. */
async function goOnLater(ctx: Context, deps: PublishDeps, post: Post, deliveries: Delivery[]): Promise<Post> {
  const now = ctx.clock.now();
  const progressed: Post = { ...post, deliveries, claims: [], updatedAt: instant(now), version: post.version + 1 };
  await sendCheck(deps, post, progressed.version, post.leaseUntil ?? now, now);
  await deps.posts.save(progressed);
  return progressed;
}

const isOpen = ({ state }: Delivery): boolean => state === "pending";

type Target = { channelId: string } & ({ network: Network; publication: Publication } | { network?: undefined; publication?: undefined });

function targetOf(
  networks: Networks,
  post: Post,
  images: ReadonlyMap<string, Image>,
  channels: ReadonlyMap<string, Channel>,
  delivery: Delivery,
): Target {
  const { channelId } = delivery;
  const channel = channels.get(channelId);
  const network = channel && networks[channel.network];
  if (!network) return { channelId };
  const shown = post.imageIds.flatMap((id) => images.get(id) ?? []);
  const begunAt = openAttempts(delivery)[0]?.startedAt ?? post.claims[0] ?? post.updatedAt;
  return { channelId, network, publication: { post, channel, caption: captionFor(post, channelId), images: shown, begunAt } };
}

/** The last of the claims is this attempt; the ones before it were begun by workers that died. */
function delivered(post: Post, delivery: Delivery, result: Result, endedAt: string): Delivery {
  const { problem: _before, ...kept } = delivery;
  const lost = post.claims.slice(0, -1).map((startedAt): DeliveryAttempt => ({ startedAt, outcome: "unknown" }));
  if (result.kind === "left") return { ...delivery, attempts: [...delivery.attempts, ...lost] };
  const made = { startedAt: post.claims.at(-1) ?? endedAt, endedAt };
  const attempts = (outcome: DeliveryAttempt) => [...delivery.attempts, ...lost, outcome];
  if (result.kind === "published") {
    const { externalId, url, publishedAt } = result;
    return { ...kept, state: "published", externalId, url, publishedAt, attempts: attempts({ ...made, outcome: "published" }) };
  }
  const { problem } = result;
  if (result.kind === "failed") return { ...kept, state: "failed", problem, attempts: attempts({ ...made, outcome: "failed", problem }) };
  const isOver = result.kind === "unknown" || triesOf(post, delivery) >= maxTries;
  return {
    ...kept,
    state: isOver ? "unconfirmed" : "pending",
    problem: isOver && result.kind === "uncertain" ? unconfirmed : problem,
    attempts: attempts({ ...made, outcome: "unknown", problem }),
  };
}

async function settle(
  ctx: Context,
  { posts }: PublishDeps,
  post: Post,
  deliveries: Delivery[],
  state: PostState,
  problem: Trouble | undefined,
): Promise<Post> {
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
  return settled;
}

const failed = (problem: Trouble): PublishOutcome => ({ kind: "failed", problem });
const removed = troubleOf(publishingProblems.channelRemoved, "Choose another channel and try again.");
const notTaken = troubleOf(publishingProblems.notTaken, `It was tried ${maxTries} times and is not there. Try this channel again later.`);
const unconfirmed = troubleOf(
  publishingProblems.unconfirmed,
  `After ${maxTries} attempts it is open whether the post is out. Look at the channel, then say which: POST /v1/posts/{id}/deliveries/{channelId}/resolve.`,
);
const stillOpen: PublishOutcome = { kind: "unknown", problem: unconfirmed };
