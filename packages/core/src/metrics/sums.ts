import type { Attempt } from "../generation/index.ts";

/** Sums of one day by name, `<subject>|<what>`: one row holds those of a workspace's day, and one update adds to them. */
export type Sums = Readonly<Record<string, number>>;

/** What is counted of everything, of each model of images and of text, and of each template. */
export const subjectOf = {
  all: "all",
  model: ({ provider, model }: { provider: string; model: string }): string => `model/${provider}/${model}`,
  text: ({ provider, model }: { provider: string; model: string }): string => `text/${provider}/${model}`,
  template: ({ id, version }: { id: string; version: number }): string => `template/${id}/${version}`,
} as const;

const pictures = ["drawn", "failed", "refused", "approved", "rejected", "costMicroUsd"] as const;
/** Under names of their own: figures of pictures stay what they were. */
const texts = ["textsAnswered", "textsFailed", "textsRefused", "textCostMicroUsd"] as const;
const counts = [...pictures, ...texts] as const;
export type Count = (typeof counts)[number];

export const nameOf = (subject: string, what: Count | `ms/${number}`): string => `${subject}|${what}`;

/** Each step is a tenth longer than the one before: no time is told wrong by more than a twentieth. */
const step = Math.log(1.1);
export const bucketOf = (ms: number): number => Math.max(0, Math.floor(Math.log(Math.max(1, ms)) / step));
const middleOf = (bucket: number): number => Math.round(Math.exp((bucket + 0.5) * step));

/** Counts of times by bucket. */
export type Times = ReadonlyMap<number, number>;

/** The time that a share of all, 0 to 1, did not take longer than; milliseconds. Undefined where nothing was measured. */
export function quantile(times: Times, share: number): number | undefined {
  const all = [...times.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let passed = 0;
  for (const [bucket, count] of [...times].toSorted(([a], [b]) => a - b)) {
    passed += count;
    if (passed >= Math.ceil(all * share)) return middleOf(bucket);
  }
  return undefined;
}

/** What a subject has come to in some time. Times from an attempt's begin to the file, milliseconds; the cost of an approved image is that of all, by them. */
export type Figures = Record<Count, number> & {
  successRate?: number;
  medianMs?: number;
  p95Ms?: number;
  costPerImageMicroUsd?: number;
  costPerApprovedMicroUsd?: number;
};

/** Adds up what several days have for one subject. */
export function figuresOf(days: readonly Sums[], subject: string): Figures {
  const total = (what: Count): number => days.reduce((sum, day) => sum + (day[nameOf(subject, what)] ?? 0), 0);
  const sums = Object.fromEntries(counts.map((what) => [what, total(what)])) as Record<Count, number>;
  const { drawn, failed, refused, approved, costMicroUsd } = sums;
  const tried = drawn + failed + refused;
  const times = timesOf(days, subject);
  const [medianMs, p95Ms] = [quantile(times, 0.5), quantile(times, 0.95)];
  return {
    ...sums,
    ...(tried > 0 && { successRate: Math.round((drawn / tried) * 10_000) / 10_000 }),
    ...(medianMs !== undefined && { medianMs }),
    ...(p95Ms !== undefined && { p95Ms }),
    ...(drawn > 0 && { costPerImageMicroUsd: Math.round(costMicroUsd / drawn) }),
    ...(approved > 0 && { costPerApprovedMicroUsd: Math.round(costMicroUsd / approved) }),
  };
}

export function timesOf(days: readonly Sums[], subject: string): Times {
  const prefix = `${subject}|ms/`;
  const times = new Map<number, number>();
  for (const day of days)
    for (const [name, count] of Object.entries(day)) {
      if (!name.startsWith(prefix)) continue;
      const bucket = Number(name.slice(prefix.length));
      times.set(bucket, (times.get(bucket) ?? 0) + count);
    }
  return times;
}

/** Everything that some days have sums of, in the order of names. */
export const subjectsIn = (days: readonly Sums[]): string[] =>
  [...new Set(days.flatMap((day) => Object.keys(day).map((name) => name.slice(0, name.indexOf("|")))))].toSorted();

export type Ended = Pick<Attempt, "provider" | "model" | "startedAt" | "endedAt" | "outcome" | "reason" | "costMicroUsd">;

/** Nobody was asked: what it says is said of a budget, of a setting that is missing, of a picture that is gone, or of a provider without room. */
const notAsked = new Set<Attempt["reason"]>(["budget-spent", "reauthorise", "not-asked"]);
/** Nobody knows, or nobody was asked: that says nothing of a model. */
const counted = { drawn: "drawn", failed: "failed", refused: "refused" } as const;
export const outcomeOf = ({ outcome, reason }: Ended): (typeof counted)[keyof typeof counted] | undefined =>
  outcome !== undefined && outcome in counted && !notAsked.has(reason) ? counted[outcome as keyof typeof counted] : undefined;

export const msOf = ({ startedAt, endedAt }: Ended): number => Math.max(0, Date.parse(endedAt ?? startedAt) - Date.parse(startedAt));

/**
 * What the attempts of a generation add to the day of its request. An edit costs like one, and its model works or fails like any; but no picture more comes
 * of it, so that the figures of everything count its money alone.
 */
export function additionsOf(
  attempts: readonly Ended[],
  { template, edit }: { template?: { id: string; version: number }; edit?: unknown } = {},
): Sums {
  const sums: Record<string, number> = {};
  const add = (name: string, amount: number) => {
    if (amount !== 0) sums[name] = (sums[name] ?? 0) + amount;
  };
  for (const attempt of attempts) {
    const outcome = outcomeOf(attempt);
    for (const subject of [subjectOf.all, subjectOf.model(attempt), ...(template ? [subjectOf.template(template)] : [])]) {
      add(nameOf(subject, "costMicroUsd"), attempt.costMicroUsd ?? 0);
      if (edit !== undefined && subject === subjectOf.all) continue;
      if (outcome) add(nameOf(subject, outcome), 1);
      if (outcome === "drawn") add(nameOf(subject, `ms/${bucketOf(msOf(attempt))}`), 1);
    }
  }
  return sums;
}
