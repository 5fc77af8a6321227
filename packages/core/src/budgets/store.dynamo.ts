import { Conflict, eventText, insert, type Key, replace, type Table, type Write } from "../kernel/index.ts";
import { type Caps, concerns, type Expense, monthOf, sumsOf } from "./budget.ts";
import type { BudgetStore } from "./store.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/budgets`;
const capsKey = (workspaceId: string): Key => ({ pk: partition(workspaceId), sk: "caps" });
/** One row for all sums of a month, so that one conditional update keeps all caps. 31 days, ten people and ten providers are some 15 kB. */
const monthKey = (workspaceId: string, month: string): Key => ({ pk: partition(workspaceId), sk: `month/${month}` });

/** Sums stand beside other attributes in their row, under a name that tells them apart. */
const attribute = (sum: string): string => `used/${sum}`;

export function budgetStore(table: Table): BudgetStore {
  return {
    async caps(workspaceId) {
      return (await table.get<Caps>(capsKey(workspaceId))) ?? { workspaceId, caps: [], version: 0 };
    },
    saveCaps: (caps) => {
      const row = { ...capsKey(caps.workspaceId), ...caps };
      return table.write(caps.version === 1 ? insert(row) : replace(row));
    },
    async month(workspaceId, month) {
      const row = (await table.get<Record<string, unknown>>(monthKey(workspaceId, month))) ?? {};
      const sums: Record<string, number> = {};
      for (const [name, value] of Object.entries(row))
        if (typeof value === "number" && name.startsWith(attribute(""))) sums[name.slice(attribute("").length)] = value;
      return { sums, told: row.told instanceof Set ? (row.told as Set<string>) : new Set<string>() };
    },
    reservation(expense, caps) {
      const sums = sumsOf(expense);
      const rooms = caps
        .filter((cap) => concerns(cap, expense))
        .map(({ scope, period, capMicroUsd }) => ({ sum: sums[scope][period], room: capMicroUsd - expense.microUsd }));
      return addition(expense, rooms);
    },
    correction: (expense) => addition(expense, []),
    async tell(workspaceId, month, name, event) {
      try {
        await table.write({
          update: monthKey(workspaceId, month),
          expression: "SET event = :event ADD told :name",
          condition: "attribute_not_exists(told) OR NOT contains(told, :told)",
          values: { ":event": eventText(event), ":name": new Set([name]), ":told": name },
        });
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },
  };
}

type Room = { sum: string; room: number };

/** Adds to every sum that the expense belongs to, where there is room. */
function addition(expense: Expense, rooms: readonly Room[]): Write {
  const all: string[] = Object.values(sumsOf(expense)).flatMap((periods) => Object.values(periods));
  const names = Object.fromEntries(all.map((sum, i) => [`#s${i}`, attribute(sum)]));
  const conditions = rooms.map(({ sum }, i) => {
    const name = `#s${all.indexOf(sum)}`;
    // Where nothing was spent yet there is no attribute, and all of the cap is free.
    return `(${name} <= :room${i} OR (attribute_not_exists(${name}) AND :room${i} >= :none))`;
  });
  return {
    update: monthKey(expense.workspaceId, monthOf(expense.at)),
    expression: `ADD ${all.map((_, i) => `#s${i} :amount`).join(", ")}`,
    // An update of this row always has a condition; without caps it is one that holds.
    condition: conditions.length > 0 ? conditions.join(" AND ") : ":amount = :amount",
    names,
    values: {
      ":amount": expense.microUsd,
      ...(rooms.length > 0 && { ":none": 0 }),
      ...Object.fromEntries(rooms.map(({ room }, i) => [`:room${i}`, room])),
    },
  };
}
