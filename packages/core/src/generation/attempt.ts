import type { Place, Verdict } from "../capacity/index.ts";
import type { FailureClass } from "../providers/index.ts";
import { builtIn } from "./catalogue.ts";

/**
 * - `drawn`: the image is there
 * - `failed`, `refused`: there is none, and `costMicroUsd` says what is billed all the same
 * - `lost`: its worker died, and it has cost nothing for sure
 * - `canceled`: the job was canceled first
 * - `unknown`: it may have been drawn and billed, nobody can tell; what was reserved counts as spent, and its provider is not asked again for this image
 */
export const outcomes = ["drawn", "failed", "refused", "lost", "canceled", "unknown"] as const;
export type Outcome = (typeof outcomes)[number];

/** Why an attempt failed: as the provider's adapter says, or because no cap had room for it, and nobody was asked. */
export type Reason = FailureClass | "budget-spent" | "not-asked";

/**
 * One paid call for one image. It is written, and its money reserved, before the call is made; so whoever finds it later asks what became of it, instead of
 * paying twice. @see docs/adr/0013-one-paid-call.md
 */
export type Attempt = {
  id: string;
  imageId: string;
  provider: string;
  model: string;
  /** At most what it costs, millionths of a dollar. */
  reservedMicroUsd: number;
  startedAt: string;
  /** The provider's name of the work, once it has taken it. */
  reference?: string;
  /** Epoch milliseconds: nobody holds it, and somebody should look then. Without this it is in a worker's hands. */
  lookAt?: number;
  endedAt?: string;
  outcome?: Outcome;
  /** What it has cost in the end. */
  costMicroUsd?: number;
  reason?: Reason;
  /** What happened, in plain words. */
  detail?: string;
  /** What it holds at its provider until its end, where that has limits. */
  place?: Place;
  /** Epoch milliseconds before which the same provider is not to be asked again. */
  retryAt?: number;
  /** It has ended after its job: an event of its own tells what it has cost. */
  late?: true;
};

/** Milliseconds until an answer has to be there: of a call that is paid, of a question, of a file. What providers are made with. */
export const patience = { submitMs: 120_000, readMs: 15_000, fileMs: 60_000 } as const;

/** A worker's time for one attempt; whoever finds one whose lease has run out looks after it. */
export const leaseMs = 30_000;

/** A paid call may be waited for, and its file fetched and handed on, within the lease. */
export const leaseFor = ({ provider }: Pick<Attempt, "provider">): number =>
  provider === builtIn ? leaseMs : patience.submitMs + patience.fileMs + leaseMs;

/** After this what was accepted is called off. */
export const attemptMs = 10 * 60_000;

export const isOpen = ({ outcome }: Attempt): boolean => outcome === undefined;

/** Its end may have a price that is not known yet, or gives a place back that others wait for. What is free and holds none is not waited for. */
export const isOwing = (attempt: Attempt): boolean => isOpen(attempt) && (attempt.reservedMicroUsd > 0 || attempt.place !== undefined);

/** What its end says of its provider: whether that works, not whether the picture came to be. */
export function verdictOf({ outcome, reason }: Pick<Attempt, "outcome" | "reason">): Verdict {
  if (outcome === "drawn" || outcome === "refused") return "well";
  return reason === "retry" || reason === "fall-back" || reason === "unknown-outcome" ? "ill" : "neither";
}

/** Earliest of the times, where there is any. */
export const earliest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
