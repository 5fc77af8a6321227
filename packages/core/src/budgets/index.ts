export {
  type Cap,
  type Caps,
  dayOf,
  defaultCap,
  type Expense,
  endOf,
  type Period,
  periods,
  type Scope,
  type Standing,
  scopes,
} from "./budget.ts";
export { assertAffordable, type BudgetDeps, dollars, reservation, setCap, settlement, standings, watch } from "./budgets.ts";
export { budgetProblems } from "./problems.ts";
export { budgetStore } from "./store.dynamo.ts";
export type { BudgetStore } from "./store.ts";
