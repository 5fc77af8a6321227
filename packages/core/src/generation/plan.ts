import { budgetProblems } from "../budgets/index.ts";
import { type Trouble, troubleOf } from "../kernel/index.ts";
import { type Attempt, earliest, isOpen, type Reason } from "./attempt.ts";
import { type Choice, choicesOf, isFinal, type Job, processingPatienceMs } from "./job.ts";
import { maxAttempts } from "./limits.ts";
import { generationProblems } from "./problems.ts";

/** How far the library has come with an image. */
export type Standing = "pending" | "good" | "bad";

/** What is to be done next about one image of a job. */
export type Step =
  /** Nothing: it is being drawn or examined, or that is done. */
  | { kind: "rest" }
  /** One of these is to be asked, in this order. */
  | { kind: "draw"; choices: readonly Choice[] }
  | { kind: "wait"; until: number }
  | { kind: "give-up"; trouble: Trouble };

/** Tries with one provider, for what may pass: fewer where another can be asked. */
const triesMax = { alone: 4, before: 2 } as const;
/** Longer than this nobody waits for one provider where another can be asked. */
const longWaitMs = 60_000;
/** With these a provider has had its say about an image. */
const final: readonly Reason[] = ["fall-back", "misfit", "bad-request", "reauthorise", "out-of-credit", "budget-spent", "not-asked"];

export const attemptsFor = (job: Job, imageId: string): Attempt[] => job.attempts.filter((attempt) => attempt.imageId === imageId);

/** Decides from what is written down alone, so that every worker decides the same. `now` in epoch milliseconds. */
export function stepFor(job: Job, imageId: string, standing: Standing, now: number): Step {
  const attempts = attemptsFor(job, imageId);
  const last = attempts.at(-1);
  if (standing !== "pending" || attempts.some(isOpen)) return { kind: "rest" };
  if (last?.outcome === "drawn") {
    if (now - Date.parse(last.endedAt ?? "") < processingPatienceMs) return { kind: "rest" };
    // What was free is drawn anew; what was paid is not paid again for a fault of ours.
    if (last.reservedMicroUsd > 0)
      return { kind: "give-up", trouble: troubleOf(generationProblems.failed, "It was drawn, and lost before it was examined.") };
  }
  // The words are the same for all images of a job: one refusal stands for all that nobody has begun.
  if (job.attempts.some(({ outcome }) => outcome === "refused")) return { kind: "give-up", trouble: troubleFor(job, attempts) };
  if (attempts.length >= maxAttempts) return { kind: "give-up", trouble: troubleFor(job, attempts) };
  const choices = choicesLeft(job, attempts);
  if (choices.length === 0) return { kind: "give-up", trouble: troubleFor(job, attempts) };
  const waits: number[] = [];
  for (const [place, { provider }] of choices.entries()) {
    const held = job.held?.find((one) => one.provider === provider);
    const until = Math.max(last?.provider === provider ? (last.retryAt ?? 0) : 0, held?.until ?? 0);
    if (until <= now) return { kind: "draw", choices: choices.slice(place) };
    waits.push(until);
    // Who is full has room in a moment; who is paused, or asks for patience, may be passed over.
    if (held?.why !== "paused" && until - now <= longWaitMs) break;
  }
  return { kind: "wait", until: Math.min(...waits) };
}

/** Who may still be asked for an image: not who has had its say, who may have taken money for it already, or who was tried often enough. */
function choicesLeft(job: Job, attempts: readonly Attempt[]): Choice[] {
  const route = choicesOf(job);
  return route.filter(({ provider }, place) => {
    const own = attempts.filter((attempt) => attempt.provider === provider);
    if (own.some(({ outcome, reason }) => outcome === "unknown" || (reason !== undefined && final.includes(reason)))) return false;
    return own.length < (place === route.length - 1 ? triesMax.alone : triesMax.before);
  });
}

/** Why there is no image, in the words of the last attempt that has any. */
function troubleFor(job: Job, attempts: readonly Attempt[]): Trouble {
  const refused = job.attempts.find(({ outcome }) => outcome === "refused");
  if (refused) return troubleOf(generationProblems.refused, refused.detail ?? "Change the prompt.");
  const unknown = attempts.find(({ outcome }) => outcome === "unknown");
  const told = attempts.findLast(({ detail }) => detail !== undefined);
  if (told?.reason === "budget-spent") return troubleOf(budgetProblems.spent, told.detail ?? "");
  if (unknown) return troubleOf(generationProblems.outcomeUnknown, unknown.detail ?? "");
  if (told) return troubleOf(generationProblems.failed, told.detail ?? "");
  return troubleOf(generationProblems.failed, `${attempts.length} attempts were begun and none was finished.`);
}

/** When somebody should look at the job again, if nobody holds it: to ask what became of an attempt, or to make the next. Epoch milliseconds. */
export function lookAtOf(job: Job, now: number): number | undefined {
  const waits = isFinal(job.state) ? [] : job.imageIds.map((id) => stepFor(job, id, "pending", now));
  return earliest([
    ...job.attempts.filter(isOpen).map(({ lookAt }) => lookAt),
    ...waits.map((step) => (step.kind === "wait" ? step.until : undefined)),
  ]);
}

/** Whether a worker has an attempt in its hands, or something to begin: then it keeps its lease. */
export const isBusy = (job: Job, standings: readonly Standing[], now: number): boolean =>
  job.attempts.some((attempt) => isOpen(attempt) && attempt.lookAt === undefined) ||
  (!isFinal(job.state) && job.imageIds.some((id, index) => stepFor(job, id, standings[index] ?? "pending", now).kind === "draw"));

/** Why images of a job are not there: the first that was given up. */
export function troubleOfJob(job: Job, now: number): Trouble | undefined {
  for (const id of job.imageIds) {
    const step = stepFor(job, id, "pending", now);
    if (step.kind === "give-up") return step.trouble;
  }
  return undefined;
}
