import type { ProblemType } from "../kernel/index.ts";

export const libraryProblems = {
  notReviewable: { code: "library/not-reviewable", status: 409, title: "This image cannot be reviewed" },
} as const satisfies Record<string, ProblemType>;
