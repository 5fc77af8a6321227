import type { ProblemType } from "../kernel/index.ts";

export const budgetProblems = {
  spent: { code: "generation/budget-spent", status: 402, title: "The budget does not cover this" },
} as const satisfies Record<string, ProblemType>;
