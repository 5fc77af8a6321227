/** What people are told of without asking. */
export const alertKinds = ["failures", "slow", "budget"] as const;
export type AlertKind = (typeof alertKinds)[number];

/**
 * One trouble, from when it was seen until it is over. There is one at a time of each kind and subject: what is seen again while it lasts is no news.
 * `until`: it is over then by itself, such as a budget's day.
 */
export type Alert = {
  id: string;
  workspaceId: string;
  kind: AlertKind;
  /** A provider's model, or a budget. */
  subject: string;
  title: string;
  /** What was seen, and what to do. */
  detail: string;
  raisedAt: string;
  resolvedAt?: string;
  until?: string;
  /** When its people were written to, about its begin and its end. */
  raisedMailAt?: string;
  resolvedMailAt?: string;
  version: number;
};

/** When it was over, or will be; undefined while it lasts. */
export const overAt = ({ resolvedAt, until }: Alert, now: number): string | undefined =>
  resolvedAt ?? (until !== undefined && Date.parse(until) <= now ? until : undefined);

/** How a model has done lately: what decides whether somebody is told. */
export type Watch = { failures: number; slow: number; open: Partial<Record<"failures" | "slow", string>> };
export const calm: Watch = { failures: 0, slow: 0, open: {} };

/** In a row: one may be chance. */
export const inARow = 3;
/** A model's times mean something from so many on. */
export const leastTimes = 20;

export type Step = { outcome: "drawn" | "failed" | "refused"; ms: number };

/** After one more attempt. A refusal says something of the words, not of the model. `usualMs`: the 95th percentile of its last seven days, where known. */
export function watched(watch: Watch, { outcome, ms }: Step, usualMs: number | undefined): Watch {
  if (outcome === "refused") return watch;
  if (outcome === "failed") return { ...watch, failures: watch.failures + 1 };
  const isSlow = usualMs !== undefined && ms > usualMs;
  return { ...watch, failures: 0, slow: isSlow ? watch.slow + 1 : 0 };
}
