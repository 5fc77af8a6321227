import * as z from "zod";
import { actorId, type Context, eventOf, instant, notFound, Problem, troubleOf } from "../kernel/index.ts";
import { type Delivery, type DeliveryAttempt, mayBecome, outcomeOf, type Post, type PostState } from "./post.ts";
import { find } from "./posts.ts";
import { publishingProblems } from "./problems.ts";
import type { PostStore } from "./store.ts";

type Deps = { posts: PostStore };

export const Resolution = z
  .strictObject({
    outcome: z.enum(["published", "not_published"]),
    /** Where it is to be seen. */
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .refine(({ outcome, url }) => outcome === "published" || url === undefined, { path: ["url"], error: "Only what is published has one." });
export type Resolution = z.infer<typeof Resolution>;

/** A person has looked at the channel and says what became of a delivery whose outcome nobody knows. What is not out can then be tried again. */
export async function resolveDelivery(ctx: Context, { posts }: Deps, id: string, channelId: string, said: Resolution): Promise<Post> {
  const { post, delivery } = await deliveryOf(ctx, posts, id, channelId);
  if (post.state !== "unconfirmed" || delivery.state !== "unconfirmed")
    throw new Problem(publishingProblems.notResolvable, `It is ${delivery.state}. Only an unconfirmed delivery is resolved by hand.`);
  const at = instant(ctx.clock.now());
  const deliveries = replaced(post, channelId, resolvedAs(delivery, said, { by: actorId(ctx), at }));
  return save(ctx, posts, post, { deliveries, state: outcomeOf(deliveries) });
}

function resolvedAs({ problem: _open, ...delivery }: Delivery, said: Resolution, resolved: { by: string; at: string }): Delivery {
  const made: DeliveryAttempt = { startedAt: resolved.at, endedAt: resolved.at, outcome: "published" };
  if (said.outcome === "published") {
    const publishedAt = delivery.attempts.at(-1)?.startedAt ?? resolved.at;
    const { url } = said;
    return { ...delivery, state: "published", publishedAt, ...(url && { url }), resolved, attempts: [...delivery.attempts, made] };
  }
  const problem = troubleOf(publishingProblems.notTaken, "Somebody looked and it is not out. It can be tried again.");
  return { ...delivery, state: "failed", problem, resolved, attempts: [...delivery.attempts, { ...made, outcome: "failed", problem }] };
}

/**
 * Tries one failed channel again, now, whatever time the post had. The post is `publishing` from here on, as if a worker had begun and its time
 * were over, so nobody can edit what is already out elsewhere, and the minute's rule finds it should its news be lost.
 */
export async function retryDelivery(ctx: Context, { posts }: Deps, id: string, channelId: string): Promise<Post> {
  const { post, delivery } = await deliveryOf(ctx, posts, id, channelId);
  if (post.state === "publishing")
    throw new Problem(publishingProblems.notRetryable, "The post is being published at this moment. Try again in a few seconds.");
  if (delivery.state !== "failed" || !mayBecome(post.state, "publishing")) {
    const unconfirmed = delivery.state === "unconfirmed" ? " First say whether it is out: resolve it." : "";
    throw new Problem(publishingProblems.notRetryable, `It is ${delivery.state}. Only a failed delivery is tried again.${unconfirmed}`);
  }
  const { problem: _problem, resolved: _resolved, ...kept } = delivery;
  const deliveries = replaced(post, channelId, { ...kept, state: "pending" });
  const now = ctx.clock.now();
  return save(ctx, posts, post, { deliveries, state: "publishing", leaseUntil: now, retriedAt: instant(now) });
}

async function deliveryOf(ctx: Context, posts: PostStore, id: string, channelId: string): Promise<{ post: Post; delivery: Delivery }> {
  const post = await find(ctx, { posts }, id);
  const delivery = post.deliveries.find((one) => one.channelId === channelId);
  if (!delivery) throw notFound("delivery");
  return { post, delivery };
}

const replaced = (post: Post, channelId: string, delivery: Delivery): Delivery[] =>
  post.deliveries.map((one) => (one.channelId === channelId ? delivery : one));

type Changes = Pick<Post, "deliveries"> & { state: PostState; leaseUntil?: number; retriedAt?: string };

async function save(ctx: Context, posts: PostStore, { problem: _before, ...post }: Post, changes: Changes): Promise<Post> {
  const problem = changes.deliveries.find((delivery) => delivery.problem)?.problem;
  const changed: Post = {
    ...post,
    ...changes,
    ...(problem && { problem }),
    updatedAt: instant(ctx.clock.now()),
    version: post.version + 1,
  };
  const event =
    changes.leaseUntil === undefined
      ? eventOf(ctx, `publishing.post.${changed.state.replaceAll("_", "-")}`, changed, { imageIds: changed.imageIds })
      : eventOf(ctx, "publishing.post.due-soon", changed, { dueAt: changes.leaseUntil, kind: "check" });
  await posts.save(changed, { event });
  return changed;
}
