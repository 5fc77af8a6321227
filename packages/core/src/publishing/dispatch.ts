import type { Context } from "../kernel/index.ts";
import { soonMs } from "./post.ts";
import { type DuePost, dueShards, type PostRef, type PostStore } from "./store.ts";

/**
 * `due`: publish it at `dueAt`, if it is still at `version`.
 * `check`: a worker claimed it, making it `version`; if it still is at that when the lease is over, that worker is dead.
 */
export type PublishMessage = PostRef & { kind: "due" | "check"; version: number; dueAt: number; correlationId?: string };

/** Sends a message to the publishing queue; the delay is in whole seconds, at most 900. */
export type Later = (message: PublishMessage, delaySeconds: number) => Promise<void>;

/** Sends whatever is due up to two minutes ahead, the past included, so an outage catches up by itself. Repeats do no harm: a claim is by version. */
export async function dispatchDue(
  ctx: Context,
  { posts, send }: { posts: PostStore; send: (due: DuePost[], kind: PublishMessage["kind"], now: number) => Promise<void> },
): Promise<number> {
  const until = ctx.clock.now() + soonMs;
  const most = 100;
  let sent = 0;
  const sendAll = async (due: DuePost[], kind: PublishMessage["kind"]) => {
    for (let at = 0; at < due.length; at += most) await send(due.slice(at, at + most), kind, ctx.clock.now());
    sent += due.length;
  };
  // Sent posts stay in the index until they are claimed, so one read of the oldest is all that one minute needs; the next has the next ones.
  for (let shard = 0; shard < dueShards; shard += 1) await sendAll(await posts.due(shard, until, most * 10), "due");
  await sendAll(await posts.unfinished(ctx.clock.now(), most), "check");
  return sent;
}

/** Whole seconds of delay that end a second before the post is due. */
export const delayUntil = (dueAt: number, now: number): number => Math.min(900, Math.max(0, Math.floor((dueAt - now) / 1000) - 1));

/** Whole seconds of delay that end after that moment. */
export const delayPast = (at: number, now: number): number => Math.min(900, Math.ceil((at - now) / 1000) + 1);
