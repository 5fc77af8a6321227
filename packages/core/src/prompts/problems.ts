import type { ProblemType } from "../kernel/index.ts";

export const promptProblems = {
  readOnly: { code: "prompts/read-only", status: 409, title: "A shipped template cannot be changed" },
  experimentRunning: { code: "prompts/experiment-running", status: 409, title: "This template has an experiment already" },
  tooManyVariations: { code: "prompts/too-many-variations", status: 422, title: "These are too many variations" },
} as const satisfies Record<string, ProblemType>;
