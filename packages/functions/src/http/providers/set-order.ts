import { setOrder } from "@atelier/core/generation";
import { problems } from "@atelier/core/kernel";
import { catalogue } from "../../provider-settings.ts";
import { orders } from "../generations/deps.ts";
import { operation } from "../operation.ts";
import { exampleOrder, OrderRequest, orderBody, ProviderOrder } from "./schemas.ts";

export const setProviderOrder = operation({
  id: "setProviderOrder",
  method: "PUT",
  path: "/v1/providers/order",
  area: "Generation",
  summary: "Choose whom your workspace has asked first",
  description:
    "For generations that name no provider themselves; the next is asked where one cannot. One that is off now is passed over until it is on.",
  auth: "user",
  status: 200,
  body: OrderRequest,
  response: ProviderOrder,
  problems: [problems.conflict, problems.notAllowed],
  example: { body: { providers: exampleOrder.providers }, response: exampleOrder },
  run: async (ctx, { body }) => setOrder(ctx, { orders: orders(), catalogue: await catalogue() }, body.providers),
  view: async (order) => ({ body: orderBody(order, await catalogue()) }),
});
