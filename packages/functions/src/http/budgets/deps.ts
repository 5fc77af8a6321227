import { type BudgetDeps, budgetStore } from "@atelier/core/budgets";
import { once, table } from "../../clients.ts";

export const budgets = once((): BudgetDeps => ({ budgets: budgetStore(table()) }));
