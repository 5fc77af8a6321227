import type { Trouble } from "../kernel/index.ts";

/**
 * `asked`: its generation is on the way; then what became of that. `skipped`: it could not be asked for, `missed`: nobody was there to ask while its
 * window was open. Neither is made up for.
 */
export const runStates = ["asked", "succeeded", "failed", "refused", "canceled", "skipped", "missed"] as const;
export type RunState = (typeof runStates)[number];

/** One time that a plan asked, or should have. */
export type Run = {
  id: string;
  planId: string;
  workspaceId: string;
  state: RunState;
  plannedAt: string;
  /** Of a rule, in local time and as the moments that it was. */
  window?: { day: string; from: string; to: string; startsAt: string; endsAt: string };
  images: number;
  generationId?: string;
  imageIds?: string[];
  /** At the catalogue's price when it was asked for. */
  costMicroUsd?: number;
  problem?: Trouble;
  createdAt: string;
  updatedAt: string;
  version: number;
};
