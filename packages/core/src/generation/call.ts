import {
  type Alteration,
  drawsForAdults,
  type Failed,
  type Found,
  type Picture,
  type Provider,
  type Submitted,
} from "../providers/index.ts";
import type { Attempt } from "./attempt.ts";
import { type EditOf, type Job, seedOf } from "./job.ts";
import type { Work } from "./work.ts";

/** What one attempt asks of a provider, to draw or to change a picture: the same whenever it is put together, since a lost one is looked for by it. */
export type Call = {
  kind: "call";
  /** What it costs at most. */
  estimateMicroUsd: number;
  /** The one call that is paid. */
  submit(): Promise<Submitted>;
  lookUp?: (lost: { startedAt: string; known: readonly string[] }) => Promise<Found>;
};

/** Puts together what an attempt asks for. `failed`: this provider cannot be asked for it. */
export async function callOf(work: Work, provider: Provider, attempt: Attempt): Promise<Call | Failed> {
  if (work.job.edit) return editOf(work, provider, attempt, work.job.edit);
  const picture = pictureOf(work, attempt);
  const { lookUp } = provider;
  return {
    kind: "call",
    estimateMicroUsd: provider.estimate(picture),
    submit: () => provider.submit(picture),
    ...(lookUp && { lookUp: (lost) => lookUp({ picture, ...lost }) }),
  };
}

/** Whether it can be found out what became of a call that was never answered. */
export const canLookUp = ({ edit }: Job, provider: Provider): boolean => (edit ? provider.editor : provider)?.lookUp !== undefined;

function pictureOf({ deps: { webhookUrl }, job }: Work, attempt: Attempt): Picture {
  const { prompt, negativePrompt, style, width, height, quality } = job;
  const index = Math.max(0, job.imageIds.indexOf(attempt.imageId));
  return {
    attemptId: attempt.id,
    model: attempt.model,
    ...{ prompt, negativePrompt, style, width, height, quality },
    seed: seedOf(job, index),
    webhookUrl: webhookUrl?.(job, attempt),
  };
}

async function editOf(work: Work, provider: Provider, attempt: Attempt, edit: EditOf): Promise<Call | Failed> {
  const { editor } = provider;
  if (!editor) return cannot(`${provider.name} changes no pictures.`);
  const source = work.source ?? (await work.deps.library.source(work.ctx, edit));
  if (!source) return cannot("The picture is not there any more.");
  work.source = source;
  // Somebody may have said so since it was asked for.
  if (source.rating === "mature" && !drawsForAdults(provider.name))
    return cannot(`The terms of ${provider.name} do not allow pictures for adults.`);
  const webhookUrl = work.deps.webhookUrl?.(work.job, attempt);
  const alteration: Alteration = { attemptId: attempt.id, model: attempt.model, operation: edit.operation, source, webhookUrl };
  const { lookUp } = editor;
  return {
    kind: "call",
    estimateMicroUsd: editor.estimate(alteration),
    submit: () => editor.submit(alteration),
    ...(lookUp && { lookUp: (lost) => lookUp({ alteration, ...lost }) }),
  };
}

const cannot = (detail: string): Failed => ({ kind: "failed", failure: { class: "bad-request", detail } });
