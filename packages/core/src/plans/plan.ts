import type { Trouble } from "../kernel/index.ts";
import type { StandingPrompt } from "../prompts/index.ts";
import { daysLater, midnight } from "./days.ts";
import type { Cursor, Rule, Schedule, Slot } from "./slots.ts";
import { slotsAfter } from "./slots.ts";

/** `ended`: there is nothing left to ask for. `met`: a quota has what it wanted. */
export const planStates = ["active", "paused", "met", "ended"] as const;
export type PlanState = (typeof planStates)[number];

export const isOver = (state: PlanState): boolean => state === "met" || state === "ended";

/** One generation that a quota has asked for, and what became of it once that is known. */
export type Asked = {
  generationId: string;
  runId: string;
  imageIds: string[];
  at: number;
  end?: "succeeded" | "failed" | "refused" | "canceled";
};

/** So many approvals by a moment, epoch milliseconds. `by` is that moment as it was written. */
export type Quota = { approvals: number; by: string; dueBy: number; atOnce: number; maxImages: number };

export type Plan = {
  id: string;
  workspaceId: string;
  name: string;
  state: PlanState;
  timeZone: string;
  ask: StandingPrompt;
  /** Empty for a quota. */
  rules: Rule[];
  skipDates: string[];
  startsOn: string;
  endsOn?: string;
  quota?: Quota;
  /** Of a quota, oldest first. */
  asked: Asked[];
  /** Of those, so many stand from before somebody last looked at the plan: what failed among them holds nothing up any more. */
  forgiven?: number;
  /** Of a quota: approved, still to be decided, and those that came to nothing. */
  standing?: Standing;
  capPerDayMicroUsd?: number;
  /** What it has asked for on a day of its zone, at the catalogue's price. */
  spent?: { day: string; microUsd: number };
  seed: number;
  /** Slots up to this one are dealt with. */
  cursor: Cursor;
  /** When it has something to do again, epoch milliseconds. Only an active plan has. */
  nextAt?: number;
  /** Generations so far: the next set of values follows from it. */
  asks: number;
  /** Why the last one was not asked for, until one is. */
  trouble?: Trouble;
  createdBy: string;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  deletedAt?: string;
  version: number;
};

export type Standing = { approved: number; open: number; closed: number };

export const scheduleOf = ({
  timeZone,
  rules,
  skipDates,
  startsOn,
  endsOn,
  seed,
}: Omit<Schedule, "endsOn"> & { endsOn?: string }): Schedule => ({
  timeZone,
  rules,
  skipDates,
  startsOn,
  endsOn,
  seed,
});

/** The rarest day that a rule can mean comes within four years, on the 29th of February; a first day may lie a year ahead. */
const furthestMs = 5 * 366 * 86_400_000;

/** The slot that a plan has to deal with next, if there is any. */
export function nextSlot(plan: Schedule & { cursor: Cursor }): Slot | undefined {
  const { cursor, endsOn } = plan;
  const until = endsOn === undefined ? cursor.at + furthestMs : Math.min(cursor.at + furthestMs, midnight(daysLater(endsOn, 3)));
  for (const slot of slotsAfter(plan, cursor, until)) return slot;
  return undefined;
}
