import { catalogue } from "../../provider-settings.ts";
import { orders } from "../generations/deps.ts";
import { operation } from "../operation.ts";
import { exampleOrder, orderBody, ProviderOrder } from "./schemas.ts";

export const getProviderOrder = operation({
  id: "getProviderOrder",
  method: "GET",
  path: "/v1/providers/order",
  area: "Generation",
  summary: "Whom your workspace has asked first",
  auth: "user",
  status: 200,
  response: ProviderOrder,
  problems: [],
  example: { response: exampleOrder },
  run: (ctx) => orders().get(ctx.workspaceId),
  view: async (order) => ({ body: orderBody(order, await catalogue()) }),
});
