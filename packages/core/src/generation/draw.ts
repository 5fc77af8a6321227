import { assertAffordable, reservation, watch } from "../budgets/index.ts";
import type { Denied } from "../capacity/index.ts";
import { Conflict, instant, newId, Problem, type Write } from "../kernel/index.ts";
import type { Provider } from "../providers/index.ts";
import { type Attempt, attemptMs, leaseFor, type Reason } from "./attempt.ts";
import { type Call, callOf } from "./call.ts";
import { fail, finish } from "./follow.ts";
import { type Choice, type Job, seedOf } from "./job.ts";
import { expenseOf, note, type Work } from "./work.ts";

/** Until a provider that is full is asked for a place again, milliseconds. */
const waitMs = { least: 2_000, most: 30_000 } as const;

/** So long a generation waits for a provider that is full or paused; then it goes without it, or has failed: it shall come to an end. */
export const heldPatienceMs = 2 * 60 * 60_000;
const heldInVain = "For two hours it had no room. Try again later, or allow more providers.";

/**
 * Makes one attempt for one image: with the first of the choices that is set up, has room, and whose price the caps have room for. Who is paused is passed
 * over, who is full is waited for. The attempt and its money are
 * written in one transaction, and only then the provider is called, once. Throws `Conflict` where another worker was faster: then nobody was called.
 */
export async function attemptOne(work: Work, imageId: string, choices: readonly Choice[]): Promise<void> {
  for (const choice of choices) {
    const provider = work.deps.providers(choice.provider);
    if (!provider) {
      await decline(work, blank(work, imageId, choice), "reauthorise", `The provider ${choice.provider} is not set up here.`);
      continue;
    }
    const drafted = blank(work, imageId, choice);
    const call = callOf(work, provider, drafted);
    if (call.kind === "failed") {
      await decline(work, drafted, "not-asked", call.failure.detail);
      continue;
    }
    const taken = await work.deps.capacity.take(choice.provider, {
      id: drafted.id,
      at: work.ctx.clock.now(),
      leaseMs: leaseFor(drafted) + (provider.poll ? attemptMs : 0),
    });
    if (taken.kind !== "place") {
      const { since = work.ctx.clock.now() } = work.job.held?.find((one) => one.provider === choice.provider) ?? {};
      if (work.ctx.clock.now() - since > heldPatienceMs) {
        await decline(work, drafted, "not-asked", heldInVain);
        continue;
      }
      await hold(work, choice.provider, taken);
      if (taken.kind === "full") return;
      continue;
    }
    const { place } = taken;
    const attempt: Attempt = { ...drafted, reservedMicroUsd: call.estimateMicroUsd, ...(place && { place }) };
    const hindrance = await beginHeld(work, call, attempt);
    if (hindrance) {
      await decline(work, drafted, hindrance.reason, hindrance.detail);
      continue;
    }
    await submit(work, provider, call, attempt);
    if (attempt.reservedMicroUsd > 0) await watch(work.ctx, work.deps, expenseOf(work.job, attempt));
    return;
  }
}

function blank({ ctx }: Work, imageId: string, choice: Choice): Attempt {
  const at = ctx.clock.now();
  return { id: newId("att", at), imageId, ...choice, reservedMicroUsd: 0, startedAt: instant(at) };
}

/** Writes down that a provider cannot be asked, and until when. Who waits long asks less often. */
async function hold(work: Work, provider: string, denied: Denied): Promise<void> {
  const { ctx, deps, job } = work;
  const now = ctx.clock.now();
  const waitedMs = now - Date.parse(job.createdAt);
  const soonMs = Math.min(waitMs.most, Math.max(waitMs.least, waitedMs / 10));
  // A pause may end sooner than it says, with the one attempt that is let through; of those that wait for a place, most will not get the next.
  const saysMs = (denied.until ?? now) - now;
  const ms = denied.kind === "paused" ? Math.max(waitMs.least, Math.min(saysMs, waitMs.most)) : Math.max(soonMs, saysMs);
  const until = Math.round(now + ms + waitMs.least * (deps.random ?? Math.random)());
  const others = (job.held ?? []).filter((one) => one.provider !== provider);
  const since = job.held?.find((one) => one.provider === provider)?.since ?? now;
  const next: Job = {
    ...job,
    held: [...others, { provider, why: denied.kind, until, since }],
    updatedAt: instant(now),
    version: job.version + 1,
  };
  await deps.jobs.save(next);
  work.job = next;
}

/** Begins, or says why it cannot; a place that nobody has begun anything with is given back. */
async function beginHeld(work: Work, call: Call, attempt: Attempt): Promise<{ reason: Reason; detail: string } | undefined> {
  const { id, provider, place } = attempt;
  let begun = false;
  try {
    const missing = await call.prepare?.();
    if (missing) return { reason: "not-asked", detail: missing.failure.detail };
    if (!work.isChecked) await work.deps.later(work.job, Math.ceil(leaseFor(attempt) / 1000) + 1, work.job.correlationId);
    work.isChecked = true;
    begun = await begin(work, attempt);
    return begun ? undefined : { reason: "budget-spent", detail: await shortage(work, attempt) };
  } finally {
    if (!begun && place) await work.deps.capacity.giveBack(provider, place, { id, at: work.ctx.clock.now(), verdict: "neither" });
  }
}

/** Writes the attempt, its money, and a lease on the job. False where no cap has room for it: then nothing is written. */
async function begin(work: Work, attempt: Attempt): Promise<boolean> {
  const held = await reservation(expenseOf(work.job, attempt), work.deps);
  const { next, beside } = added(work, attempt);
  const begun: Job = { ...next, leaseUntil: work.ctx.clock.now() + leaseFor(attempt) };
  try {
    await work.deps.jobs.save(begun, { beside: held ? [...beside, held] : beside });
  } catch (error) {
    // The row itself is the first of the writes, and the reservation the last.
    if (held && error instanceof Conflict && error.index === beside.length + 1) return false;
    throw error;
  }
  work.job = begun;
  return true;
}

/** Why nobody was asked, kept as an attempt that has ended before it was begun. */
async function decline(work: Work, attempt: Attempt, reason: Reason, detail: string): Promise<void> {
  const { next, beside } = added(work, { ...attempt, endedAt: attempt.startedAt, outcome: "failed", costMicroUsd: 0, reason, detail });
  await work.deps.jobs.save(next, { beside });
  work.job = next;
}

/** The job with one attempt more; with its first one, the rows of its images: they exist before their files, so that none arrives unknown. */
function added({ ctx, deps, job }: Work, attempt: Attempt): { next: Job; beside: Write[] } {
  const at = instant(ctx.clock.now());
  const next: Job = {
    ...job,
    state: "rendering",
    progress: Math.max(job.progress, 0.05),
    attempts: [...job.attempts, attempt],
    ...(job.held && { held: job.held.filter((one) => one.provider !== attempt.provider) }),
    startedAt: job.startedAt ?? at,
    updatedAt: at,
    version: job.version + 1,
  };
  // Versions of edits were written with the request.
  const first = job.state === "queued" && !job.edit;
  return { next, beside: first ? job.imageIds.map((id, index) => deps.library.announce(ctx, id, next, seedOf(job, index))) : [] };
}

async function submit(work: Work, provider: Provider, call: Call, attempt: Attempt): Promise<void> {
  const submitted = await call.submit();
  if (submitted.kind === "done") return finish(work, provider, attempt, submitted);
  if (submitted.kind === "failed") return fail(work, provider, attempt, submitted.failure);
  const { reference, pollAfterMs } = submitted;
  await note(work, attempt.id, { reference, lookAt: work.ctx.clock.now() + pollAfterMs });
}

/** What the caps say about it, as whoever asked would be told. */
async function shortage({ ctx, deps, job }: Work, { provider, reservedMicroUsd }: Attempt): Promise<string> {
  const asked = { ...ctx, actor: { kind: "user", userId: job.requestedBy } } as const;
  try {
    await assertAffordable(asked, deps, { provider, microUsd: reservedMicroUsd });
    return "The budget had no room for it.";
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
