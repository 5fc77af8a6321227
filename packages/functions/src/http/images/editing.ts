import { type EditDeps, jobStore, orderedFor, orderStore } from "@atelier/core/generation";
import type { Context } from "@atelier/core/kernel";
import { once, table } from "../../clients.ts";
import { catalogue } from "../../provider-settings.ts";
import { budgets } from "../budgets/deps.ts";

const stores = once(() => ({ jobs: jobStore(table()), orders: orderStore(table()) }));

/** What it takes to ask a provider for an edit: who can be asked, in the workspace's order, and what may be spent. */
export async function editing(ctx: Context): Promise<EditDeps> {
  const { jobs, orders } = stores();
  return { jobs, ...budgets(), catalogue: await orderedFor(ctx, { orders, catalogue: await catalogue() }, {}) };
}
