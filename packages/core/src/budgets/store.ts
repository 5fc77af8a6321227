import type { RowEvent, Write } from "../kernel/index.ts";
import type { Cap, Caps, Expense, Sums } from "./budget.ts";

/** Port of a workspace's caps and of what was spent. */
export type BudgetStore = {
  /** Version 0: none was ever chosen. */
  caps(workspaceId: string): Promise<Caps>;
  /** Conditional on the version before; throws `Conflict`. */
  saveCaps(caps: Caps): Promise<void>;
  /** What was spent in the UTC month, such as `2026-11`, and under which names somebody was told. */
  month(workspaceId: string, month: string): Promise<{ sums: Sums; told: ReadonlySet<string> }>;
  /** Adds an expense if each of the caps has room for it, else the write meets a `Conflict`. Goes into the transaction that writes down what it is for. */
  reservation(expense: Expense, caps: readonly Cap[]): Write;
  /** Adds to, or takes from, an expense that was reserved: to the sums of the day on which that was. */
  correction(expense: Expense): Write;
  /** Has somebody told under this name, once a month; false if they were told before. */
  tell(workspaceId: string, month: string, name: string, event: RowEvent): Promise<boolean>;
};
