import type { ProblemType } from "../kernel/index.ts";

export const writingProblems = {
  modelUnavailable: { code: "writing/model-unavailable", status: 422, title: "This model of text cannot be used now" },
  refused: { code: "writing/refused", status: 422, title: "The model refuses to write this" },
  unfit: { code: "writing/unfit", status: 422, title: "No model can write this as it is asked for" },
  failed: { code: "writing/failed", status: 502, title: "No model could write this" },
  late: { code: "writing/late", status: 504, title: "No model has answered in time" },
  nothingKnown: { code: "writing/nothing-known", status: 422, title: "Nothing is known of how this image was made" },
} as const satisfies Record<string, ProblemType>;
