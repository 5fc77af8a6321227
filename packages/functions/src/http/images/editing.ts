import { type EditDeps, jobStore, orderedFor, orderStore } from "@atelier/core/generation";
import type { Context } from "@atelier/core/kernel";
import { once, table } from "../../clients.ts";
import { catalogue } from "../../provider-settings.ts";
import { budgets } from "../budgets/deps.ts";

export const editJobs = once(() => jobStore(table()));
const orders = once(() => orderStore(table()));

/** What it takes to ask a provider for an edit: who can be asked, in the workspace's order, and what may be spent. */
export async function editing(ctx: Context): Promise<EditDeps> {
  return { jobs: editJobs(), ...budgets(), catalogue: await orderedFor(ctx, { orders: orders(), catalogue: await catalogue() }, {}) };
}
