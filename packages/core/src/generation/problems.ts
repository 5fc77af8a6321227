import type { ProblemType } from "../kernel/index.ts";

export const generationProblems = {
  modelUnavailable: { code: "generation/model-unavailable", status: 422, title: "This model cannot be used now" },
  notCancelable: { code: "generation/not-cancelable", status: 409, title: "This generation has already ended" },
  notRetryable: { code: "generation/not-retryable", status: 409, title: "Only a failed generation can be tried again" },
  failed: { code: "generation/failed", status: 500, title: "The image could not be made" },
  refused: { code: "generation/refused", status: 422, title: "The provider refuses to make this" },
  outcomeUnknown: { code: "generation/outcome-unknown", status: 502, title: "Nobody can tell whether the image was made" },
  webhookRefused: { code: "generation/webhook-refused", status: 403, title: "This webhook is not taken" },
} as const satisfies Record<string, ProblemType>;
