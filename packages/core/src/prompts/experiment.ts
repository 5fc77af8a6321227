import { createHash } from "node:crypto";
import { type Figures, figuresOf, type Tally } from "./outcome.ts";
import type { Arm } from "./template.ts";

export type Experiment = {
  id: string;
  workspaceId: string;
  name: string;
  templateId: string;
  arms: Arm[];
  /** Reviewed images that each arm needs before anything is decided. */
  minimumSample: number;
  /** 95: a winner where there is none is named in at most 5 % of experiments. */
  confidencePercent: number;
  /** What becomes of the winner: it is labelled `production`, or only told. */
  whenDecided: "tell" | "promote";
  /** `decided`: by its own rule; `stopped`: by a person. */
  state: "running" | "decided" | "stopped";
  /** The version that won. What reviews say later changes the figures, but not this. */
  winner?: number;
  endedAt?: string;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** The arm of a subject: always the same one, and over many subjects by weight. */
export function assign(experiment: { id: string; arms: readonly Arm[] }, subject: string): Arm {
  const digest = createHash("sha256").update(`${experiment.id}\u0000${subject}`).digest();
  const total = experiment.arms.reduce((sum, { weight }) => sum + weight, 0);
  let left = (digest.readUIntBE(0, 6) / 2 ** 48) * total;
  for (const arm of experiment.arms) {
    left -= arm.weight;
    if (left < 0) return arm;
  }
  throw new Error("An experiment has arms, and they have weights.");
}

/** Natural logarithm of n!, by Stirling's series: exact to 1e-9 from 10 on, and summed below. */
function logFactorial(n: number): number {
  if (n < 10) {
    let log = 0;
    for (let factor = 2; factor <= n; factor += 1) log += Math.log(factor);
    return log;
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1_260 * x ** 5);
}

/** ln B(approved + 1, rejected + 1): how likely these are, in their order, if nothing is known of the rate. */
const logMixture = ({ approved, rejected }: Sample): number =>
  logFactorial(approved) + logFactorial(rejected) - logFactorial(approved + rejected + 1);

/** ln of how likely these are at the rate that makes them likeliest. */
function logLikeliest({ approved, rejected }: Sample): number {
  const of = approved + rejected;
  const term = (count: number): number => (count === 0 ? 0 : count * Math.log(count / of));
  return term(approved) + term(rejected);
}

export type Sample = Pick<Figures, "approved" | "rejected">;

/**
 * Evidence that one arm is better than another, as the natural logarithm of an e-value; minus infinity where it is not ahead. However often one looks
 * and whenever one stops, where it is not better this passes ln(1/α) with a probability of at most α.
 *
 * The numerator is the likelihood of both samples under rates of their own, mixed over a uniform prior (Robbins 1970); the denominator is their
 * likelihood at the one rate that fits both best. Under any common rate the numerator over that rate's likelihood is a martingale that begins at 1, the
 * denominator is no smaller than that likelihood, and so Ville's inequality holds at all times at once. It is the sequential form of universal inference:
 * Wasserman, Ramdas, Balakrishnan, “Universal inference”, PNAS 117 (2020), section 8. An arm that is ahead has its null's best fit, among all rates that
 * are no better, on the common rate: so this also bounds naming the worse one. Shares of the requests may be any. Images are taken as independent.
 */
export function evidence(better: Sample, than: Sample): number {
  if (rateOf(better) <= rateOf(than)) return Number.NEGATIVE_INFINITY;
  const pooled = { approved: better.approved + than.approved, rejected: better.rejected + than.rejected };
  return logMixture(better) + logMixture(than) - logLikeliest(pooled);
}

const reviewedOf = ({ approved, rejected }: Sample): number => approved + rejected;
const rateOf = (sample: Sample): number => sample.approved / Math.max(1, reviewedOf(sample));

/** ln(1/α) that each rival has to be beaten by: whoever is truly best has as many rivals as there are other arms, so α is shared among them. */
export const evidenceNeeded = ({ arms, confidencePercent }: Pick<Experiment, "arms" | "confidencePercent">): number =>
  Math.log((arms.length - 1) / (1 - confidencePercent / 100));

/** How it stands: the arm that is ahead, and the evidence against its nearest rival. */
export type Verdict = { leader?: number; evidence: number; needed: number; winner?: number };

/** The stop rule: each arm has its sample, and the evidence against every rival is enough. May be asked after every review. */
export function verdictOf(
  experiment: Pick<Experiment, "arms" | "confidencePercent" | "minimumSample">,
  samples: readonly Sample[],
): Verdict {
  const needed = evidenceNeeded(experiment);
  const ahead = samples.map((sample, mine) =>
    Math.min(...samples.flatMap((other, place) => (place === mine ? [] : [evidence(sample, other)]))),
  );
  const strongest = Math.max(...ahead);
  if (!Number.isFinite(strongest)) return { evidence: 0, needed };
  const leader = experiment.arms[ahead.indexOf(strongest)]?.version;
  const enough = samples.every((sample) => reviewedOf(sample) >= experiment.minimumSample);
  return { leader, evidence: Math.max(0, strongest), needed, ...(enough && strongest >= needed && { winner: leader }) };
}

/** z of the two-sided normal interval, good to 5e-4. */
function zOf(confidencePercent: number): number {
  const t = Math.sqrt(-2 * Math.log((1 - confidencePercent / 100) / 2));
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}

export type Interval = { low: number; high: number };

/**
 * Wilson's score interval (JASA 22, 1927) for the rate of approval. It is for one look, to read the figures by; decisions are made by {@link evidence},
 * which looking often does not spoil.
 */
export function wilson(sample: Sample, confidencePercent: number): Interval {
  const n = reviewedOf(sample);
  if (n === 0) return { low: 0, high: 1 };
  const [z, p] = [zOf(confidencePercent), rateOf(sample)];
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** What one arm has come to. Costs and times are those of its reviewed images. */
export type ArmReport = Arm & {
  approved: number;
  rejected: number;
  approvalRate?: number;
  interval: Interval;
  costMicroUsd: number;
  costPerApprovedMicroUsd?: number;
  meanRenderMs?: number;
  reasons: Record<string, number>;
};

export type Report = Verdict & { arms: ArmReport[] };

const rounded = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits;

export function reportOf(experiment: Experiment, tally: Tally): Report {
  const figures = experiment.arms.map(({ version }) => figuresOf(tally, version));
  const { leader, evidence, needed } = verdictOf(experiment, figures);
  return {
    ...(leader !== undefined && { leader }),
    evidence: rounded(evidence),
    needed: rounded(needed),
    ...(experiment.winner !== undefined && { winner: experiment.winner }),
    arms: experiment.arms.map((arm, place) => armReport(arm, figures[place] as Figures, experiment.confidencePercent)),
  };
}

function armReport(arm: Arm, { approved, rejected, costMicroUsd, renderMs, reasons }: Figures, confidencePercent: number): ArmReport {
  const { low, high } = wilson({ approved, rejected }, confidencePercent);
  const reviewed = approved + rejected;
  return {
    ...arm,
    approved,
    rejected,
    ...(reviewed > 0 && { approvalRate: rounded(approved / reviewed), meanRenderMs: Math.round(renderMs / reviewed) }),
    interval: { low: rounded(low), high: rounded(high) },
    costMicroUsd,
    ...(approved > 0 && { costPerApprovedMicroUsd: Math.round(costMicroUsd / approved) }),
    reasons,
  };
}
