import type { Done, Failure, Polled, Provider } from "../providers/index.ts";
import { type Attempt, attemptMs } from "./attempt.ts";
import { callOf, canLookUp } from "./call.ts";
import { isFinal } from "./job.ts";
import { note, openAttempt, reread, type Work } from "./work.ts";

const retryAfterMsDefault = 10_000;
/** Share by which waits differ, so that those who were turned away together do not come back together. */
const jitter = 0.25;
/** Until a lost request is looked for again. */
const lookAgainMs = 10_000;
/** A file is fetched at once, or not at all, where nobody can be asked for it again. */
const fetches = 3;

/** Finds out what became of an attempt that nobody holds, and deals with it. */
export async function followUp(work: Work, attempt: Attempt): Promise<void> {
  const provider = work.deps.providers(attempt.provider);
  if (attempt.reference === undefined) return clarify(work, provider, attempt);
  if (!provider?.poll) return leaveUnknown(work, attempt, `${attempt.provider} is not set up here any more, so nobody can be asked.`);
  // A canceled job needs nothing of it but its price.
  if (isFinal(work.job.state)) await provider.cancel?.(attempt.reference);
  await heed(work, provider, attempt, await provider.poll(attempt.reference));
}

/** What a provider says of an attempt that it has accepted. */
async function heed(work: Work, provider: Provider, attempt: Attempt, polled: Polled): Promise<void> {
  if (polled.kind === "done") return finish(work, provider, attempt, polled);
  if (polled.kind === "failed") return fail(work, provider, attempt, polled.failure);
  if (isPastDeadline(work, attempt)) return callOff(work, provider, attempt);
  await lookLater(work, attempt, polled.pollAfterMs);
}

/** Stops what takes too long. Where the provider does not say what came of it, what was reserved counts as spent. */
async function callOff(work: Work, provider: Provider, attempt: Attempt): Promise<void> {
  const { reference = "" } = attempt;
  await provider.cancel?.(reference);
  const polled = await provider.poll?.(reference);
  if (polled?.kind === "done") return finish(work, provider, attempt, polled);
  if (polled?.kind === "failed") return fail(work, provider, attempt, polled.failure);
  await leaveUnknown(work, attempt, `${attempt.provider} has not finished it in ${attemptMs / 60_000} minutes.`);
}

/** An attempt of which nobody knows whether it was taken: its worker died, or the answer did. */
async function clarify(work: Work, provider: Provider | undefined, attempt: Attempt): Promise<void> {
  const { id, imageId, reservedMicroUsd, startedAt } = attempt;
  if (reservedMicroUsd === 0) return void (await note(work, id, { outcome: "lost" }));
  const standing = work.standings[work.job.imageIds.indexOf(imageId)] ?? "pending";
  if (standing === "good") return void (await note(work, id, { outcome: "drawn", costMicroUsd: reservedMicroUsd }));
  const call = provider && callOf(work, provider, attempt);
  if (call?.kind !== "call" || !call.lookUp)
    return leaveUnknown(work, attempt, attempt.detail ?? `Its worker died while ${attempt.provider} was asked.`);
  const known = work.job.attempts.flatMap(({ reference }) => reference ?? []);
  const found = await call.lookUp({ startedAt, known });
  if (found.kind === "absent")
    return void (await note(work, id, { outcome: "lost", detail: `${attempt.provider} has never got the request.` }));
  if (found.kind === "unknown") {
    if (isPastDeadline(work, attempt)) return leaveUnknown(work, attempt, found.detail);
    return void (await note(work, id, { lookAt: work.ctx.clock.now() + lookAgainMs, detail: found.detail }));
  }
  const { reference } = found;
  if (await note(work, id, { reference, lookAt: work.ctx.clock.now() })) await followUp(work, { ...attempt, reference });
}

/** Fetches what was drawn, hands it to the library, and books what it has cost: in this order, so that a worker that dies in between is replaced. */
export async function finish(work: Work, provider: Provider, attempt: Attempt, done: Done): Promise<void> {
  const { id, imageId } = attempt;
  const { costMicroUsd } = done;
  const job = await reread(work);
  if (!openAttempt(job, id)) return;
  if (isFinal(job.state) || !job.imageIds.includes(imageId))
    return void (await note(work, id, { outcome: job.state === "succeeded" ? "drawn" : "canceled", costMicroUsd }));
  const [output] = done.outputs;
  const nothing = { kind: "failed", failure: { class: "fall-back", detail: `${attempt.provider} gave no picture.` } } as const;
  let fetched = output ? await provider.fetchOutput(output) : nothing;
  const again = attempt.reference === undefined ? fetches : 1;
  for (let tries = 1; output && tries < again && fetched.kind === "failed" && fetched.failure.class === "retry"; tries += 1)
    fetched = await provider.fetchOutput(output);
  if (fetched.kind === "failed") {
    const { failure } = fetched;
    if (failure.class === "retry" && attempt.reference !== undefined && !isPastDeadline(work, attempt))
      return lookLater(work, attempt, failure.retryAfterMs ?? retryAfterMsDefault);
    return void (await note(work, id, { outcome: "failed", costMicroUsd, reason: "fall-back", detail: failure.detail }));
  }
  const { bytes, mimeType } = fetched;
  const { modelVersion, seed, requestId } = done;
  const { provider: name, model } = attempt;
  const renderMs = Math.max(0, work.ctx.clock.now() - Date.parse(attempt.startedAt));
  const drawn = { bytes, mimeType, provider: name, model, modelVersion, seed, requestId, costMicroUsd };
  await work.deps.library.deliver(work.ctx, imageId, drawn, renderMs, job);
  if (await note(work, id, { outcome: "drawn", costMicroUsd })) work.made.push({ provider: name, renderMs });
}

/** Writes down why there is no picture, and when the same provider may be asked again. */
export async function fail(work: Work, provider: Provider, attempt: Attempt, failure: Failure): Promise<void> {
  const { id, reservedMicroUsd } = attempt;
  const { class: reason, detail, retryAfterMs = retryAfterMsDefault } = failure;
  const costMicroUsd = failure.billedMicroUsd ?? 0;
  const now = work.ctx.clock.now();
  const retryAt = now + Math.round(retryAfterMs * (1 + jitter * (work.deps.random ?? Math.random)()));
  if (reason === "refused") return void (await note(work, id, { outcome: "refused", costMicroUsd, reason, detail }));
  if (reason === "unknown-outcome" && reservedMicroUsd > 0) {
    if (!canLookUp(work.job, provider) || attempt.reference !== undefined) return leaveUnknown(work, attempt, detail);
    if (await note(work, id, { lookAt: now, detail, reason })) await clarify(work, provider, { ...attempt, detail });
    return;
  }
  const again = reason === "retry" || reason === "unknown-outcome";
  await note(work, id, { outcome: "failed", costMicroUsd, reason, detail, ...(again && { retryAt }) });
}

async function leaveUnknown(work: Work, { id, reservedMicroUsd }: Attempt, detail: string): Promise<void> {
  await note(work, id, { outcome: "unknown", costMicroUsd: reservedMicroUsd, reason: "unknown-outcome", detail });
}

const deadlineOf = ({ startedAt }: Attempt): number => Date.parse(startedAt) + attemptMs;
const isPastDeadline = ({ ctx }: Work, attempt: Attempt): boolean => ctx.clock.now() >= deadlineOf(attempt);

/** The longer it takes, the less often it is asked for: a tenth of its age. */
async function lookLater(work: Work, attempt: Attempt, pollAfterMs: number): Promise<void> {
  const now = work.ctx.clock.now();
  const waitMs = Math.max(pollAfterMs, (now - Date.parse(attempt.startedAt)) / 10);
  await note(work, attempt.id, { lookAt: Math.round(Math.max(now + 1_000, Math.min(now + waitMs, deadlineOf(attempt)))) });
}
