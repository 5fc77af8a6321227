import { insert, type Key, replace, type Table } from "../kernel/index.ts";
import type { Order, OrderStore } from "./order.ts";

const keyOf = (workspaceId: string): Key => ({ pk: `workspace/${workspaceId}/providers`, sk: "order" });

export const orderStore = (table: Table): OrderStore => ({
  get: async (workspaceId) => (await table.get<Order>(keyOf(workspaceId))) ?? { workspaceId, providers: [], version: 0 },
  save: (order) => {
    const row = { ...keyOf(order.workspaceId), ...order };
    return table.write(order.version === 1 ? insert(row) : replace(row));
  },
});
