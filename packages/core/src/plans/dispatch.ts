import type { Context } from "../kernel/index.ts";
import { type DuePlan, dueShards, type PlanRef, type PlanStore } from "./store.ts";

/** Sends messages to the plans' queue; the delay is in whole seconds, at most 900. */
export type SendPlans = (due: readonly (PlanRef & { delaySeconds: number })[]) => Promise<unknown>;

/** As for posts: whatever is due up to two minutes ahead, the past included. */
const soonMs = 120_000;
const mostAtOnce = 1_000;

/** Has whatever is due seen to, quotas first. Repeats do no harm, and what comes too early is due again with the next minute. */
export async function dispatchPlans(ctx: Context, { plans, send }: { plans: PlanStore; send: SendPlans }): Promise<number> {
  const now = ctx.clock.now();
  let sent = 0;
  for (let shard = 0; shard < dueShards; shard += 1) {
    const due: DuePlan[] = await plans.due(shard, now + soonMs, mostAtOnce);
    await send(due.map(({ workspaceId, id, dueAt }) => ({ workspaceId, id, delaySeconds: Math.max(0, Math.ceil((dueAt - now) / 1000)) })));
    sent += due.length;
  }
  return sent;
}
