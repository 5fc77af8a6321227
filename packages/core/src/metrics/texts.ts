import { dayOf } from "../budgets/index.ts";
import type { Write } from "../kernel/index.ts";
import type { MetricsStore } from "./store.ts";
import { type Count, nameOf, subjectOf } from "./sums.ts";

/** A use of a model of text that a workspace pays for. `unknown` while it is under way, and where nobody can tell: its cost is then what was reserved. */
export type TextUse = {
  workspaceId: string;
  provider: string;
  model: string;
  outcome: "answered" | "failed" | "refused" | "unknown";
  costMicroUsd: number;
  startedAt: string;
};

const counted = { answered: "textsAnswered", failed: "textsFailed", refused: "textsRefused", unknown: undefined } as const;

/**
 * Has the sums of the day on which a use began follow it from what it `was` to what it `is`. It belongs into the transaction that writes the use, beside its
 * money: so each is counted once, and figures and budgets agree at every moment, also where whoever made the call has died over it.
 * Undefined where nothing has changed.
 */
export function countText({ addition }: Pick<MetricsStore, "addition">, is: TextUse, was?: TextUse): Write | undefined {
  const by: Partial<Record<Count, number>> = {};
  const add = (what: Count | undefined, amount: number): void => {
    if (what !== undefined && amount !== 0) by[what] = (by[what] ?? 0) + amount;
  };
  add("textCostMicroUsd", is.costMicroUsd - (was?.costMicroUsd ?? 0));
  if (is.outcome !== was?.outcome) add(counted[is.outcome], 1);
  const sums = Object.entries(by) as [Count, number][];
  if (sums.length === 0) return undefined;
  const named = [subjectOf.all, subjectOf.text(is)].flatMap((subject) => sums.map(([what, amount]) => [nameOf(subject, what), amount]));
  return addition(is.workspaceId, dayOf(Date.parse(is.startedAt)), Object.fromEntries(named));
}
