import type { Place, Verdict } from "../capacity/index.ts";
import type { Versioned } from "../kernel/index.ts";
import type { FailureClass } from "../providers/index.ts";

/**
 * - `answered`: the words are there
 * - `failed`, `refused`: there are none, and `costMicroUsd` says what is billed all the same
 * - `unknown`: it may have been answered and billed, nobody can tell; what was reserved counts as spent
 */
export const callOutcomes = ["answered", "failed", "refused", "unknown"] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/**
 * One paid call to a model of text. It is written, with its money, before the call is made, and as `unknown`: so it is right, and nobody has to look after
 * it, if whoever made it dies. Where JSON was asked for it has room for the second try. It keeps neither what was asked nor what was answered.
 */
export type Call = Versioned & {
  id: string;
  workspaceId: string;
  requestedBy: string;
  /** Whose budget it takes, if not the workspace's: what the operator has read, no cap of the workspace's may stop. */
  payer?: "operator";
  correlationId: string;
  /** What it was for, as whoever asked says: `description`, `safety`. */
  purpose?: string;
  provider: string;
  model: string;
  /** At most what it costs, millionths of a dollar. */
  reservedMicroUsd: number;
  outcome: CallOutcome;
  /** What it has cost; of an `unknown` one, what was reserved. */
  costMicroUsd: number;
  tokensIn?: number;
  tokensOut?: number;
  /** Why it failed, and what that means, in words of ours: a provider's may quote what was asked. */
  reason?: FailureClass;
  detail?: string;
  startedAt: string;
  endedAt?: string;
};

/** What is written down of a failure. Whoever asked is told more. */
export const detailOf: Record<FailureClass, string> = {
  retry: "It took no more for the moment.",
  "fall-back": "It was out of order, and has taken nothing.",
  refused: "It has refused the words.",
  misfit: "It has answered, but not as it was asked to.",
  "bad-request": "It does not take such a request.",
  reauthorise: "It does not accept the key, or the settings.",
  "out-of-credit": "The account there has no credit left.",
  "unknown-outcome": "No answer came that can be read: it may have been billed.",
};

/** A call with what it holds at its provider until its end. */
export type Begun = { call: Call; place?: Place };

/**
 * What its end says of its provider, which is everybody's: whether that works, not whether the words are there. So nothing that one request can bring about by
 * what it asks for counts against it: neither an answer that does not fit, nor one that was not waited for as long as it may take.
 */
export function verdictOf({ outcome, reason }: Pick<Call, "outcome" | "reason">, wasCutShort: boolean): Verdict {
  if (outcome === "answered" || outcome === "refused" || reason === "misfit") return "well";
  if (wasCutShort) return "neither";
  return reason === "retry" || reason === "fall-back" || reason === "unknown-outcome" ? "ill" : "neither";
}
