import { insert, type Key, replace, type Table } from "../kernel/index.ts";
import type { Call } from "./call.ts";
import type { CallStore } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/texts`;
const keyOf = ({ workspaceId, id }: Pick<Call, "workspaceId" | "id">): Key => ({ pk: partition(workspaceId), sk: id });

export const callStore = (table: Table): CallStore => ({
  create: (call, beside) => table.write(insert({ ...keyOf(call), ...call }), ...beside),
  save: (call, beside) => table.write(replace({ ...keyOf(call), ...call }), ...beside),
  keep: (...writes) => table.write(...writes),
  list: (workspaceId, page) => table.page<Call>({ pk: partition(workspaceId), ...page }),
});
