import { type Context, Problem, persist, problems, requireRole, type Versioned } from "../kernel/index.ts";
import type { Catalogue } from "./catalogue.ts";
import type { GenerationRequest } from "./request.ts";

/** The providers that a workspace wants asked first, in this order. Version 0: it has never chosen. */
export type Order = Versioned & { workspaceId: string; providers: string[] };

/** Port of the workspaces' orders. A write is conditional on the version before it and throws `Conflict`. */
export type OrderStore = { get(workspaceId: string): Promise<Order>; save(order: Order): Promise<void> };

export const providersOf = ({ models }: Catalogue): string[] => [...new Set(models.map(({ provider }) => provider))];

/** An empty one leaves it to the operator. Throws `request/invalid` for a name that the catalogue does not have, `auth/not-allowed` for whoever is no owner. */
export async function setOrder(
  ctx: Context,
  { orders, catalogue }: { orders: OrderStore; catalogue: Catalogue },
  providers: string[],
): Promise<Order> {
  requireRole(ctx, ["owner"], "choose who is asked first");
  const allowed = providersOf(catalogue);
  const errors = providers.flatMap((provider, index) => {
    const pointer = `#/providers/${index}`;
    if (!allowed.includes(provider)) return [{ pointer, detail: `One of: ${allowed.join(", ")}.` }];
    return providers.indexOf(provider) < index ? [{ pointer, detail: "It is named before." }] : [];
  });
  if (errors.length > 0)
    throw new Problem(problems.invalid, `The order names what cannot be asked, or one twice. Allowed: ${allowed.join(", ")}.`, { errors });
  return persist(async () => {
    const { version } = await orders.get(ctx.workspaceId);
    const order = { workspaceId: ctx.workspaceId, providers, version: version + 1 };
    await orders.save(order);
    return order;
  });
}

/**
 * The catalogue in the workspace's order, where it has one; those that it does not name follow in the operator's. Nothing is read where the request itself
 * says who is to be asked, or where there is nobody to choose between.
 */
export async function orderedFor(
  { workspaceId }: Pick<Context, "workspaceId">,
  { orders, catalogue }: { orders: Pick<OrderStore, "get">; catalogue: Catalogue },
  { provider, providers }: Pick<GenerationRequest, "provider" | "providers">,
): Promise<Catalogue> {
  const on = new Set(catalogue.models.filter(({ use }) => use === "on").map((row) => row.provider));
  if (provider !== undefined || providers !== undefined || on.size < 2) return catalogue;
  const own = (await orders.get(workspaceId)).providers;
  return { ...catalogue, order: [...own, ...catalogue.order.filter((name) => !own.includes(name))] };
}
