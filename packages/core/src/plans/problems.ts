import type { ProblemType } from "../kernel/index.ts";

export const planProblems = {
  neverRuns: { code: "plans/never-runs", status: 422, title: "This plan would never ask for anything" },
  over: { code: "plans/over", status: 409, title: "This plan has come to its end" },
  tooMany: { code: "plans/too-many", status: 409, title: "There are as many active plans as a workspace may have" },
  /** Written into runs and plans. */
  missed: { code: "plans/missed", status: 409, title: "The window has passed" },
  capReached: { code: "plans/cap-reached", status: 402, title: "The plan's own cap does not cover this" },
  unmet: { code: "plans/unmet", status: 409, title: "Too few pictures were approved" },
} as const satisfies Record<string, ProblemType>;
