import type { ProblemType } from "../kernel/index.ts";

export const budgetProblems = {
  spent: { code: "generation/budget-spent", status: 402, title: "The budget does not cover this" },
  tooMany: { code: "generation/too-many-budgets", status: 409, title: "There are as many caps as a workspace may have" },
} as const satisfies Record<string, ProblemType>;
