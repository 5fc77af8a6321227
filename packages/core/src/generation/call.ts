import { drawsForAdults, type Failed, type Found, type Picture, type Provider, type Submitted } from "../providers/index.ts";
import type { Attempt } from "./attempt.ts";
import { type EditOf, type Job, seedOf } from "./job.ts";
import type { Work } from "./work.ts";

/** What one attempt asks of a provider, to draw or to change a picture: the same whenever it is put together, since a lost one is looked for by it. */
export type Call = {
  kind: "call";
  /** What it costs at most. */
  estimateMicroUsd: number;
  /** Gets what the request needs beside the job; a failure where that cannot be had any more. Not before there is a place: who waits for one comes often. */
  prepare?(): Promise<Failed | undefined>;
  /** The one call that is paid. */
  submit(): Promise<Submitted>;
  lookUp?: (lost: { startedAt: string; known: readonly string[] }) => Promise<Found>;
};

/** Puts together what an attempt asks for. `failed`: this provider cannot be asked for it. */
export function callOf(work: Work, provider: Provider, attempt: Attempt): Call | Failed {
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

function editOf(work: Work, provider: Provider, attempt: Attempt, edit: EditOf): Call | Failed {
  const { editor } = provider;
  if (!editor) return cannot(`${provider.name} changes no pictures.`);
  const about = { attemptId: attempt.id, model: attempt.model };
  const { lookUp } = editor;
  return {
    kind: "call",
    estimateMicroUsd: editor.estimate(about),
    async prepare() {
      work.source ??= await work.deps.library.source(work.ctx, edit);
      if (!work.source) return isGone;
      // Somebody may have said so since it was asked for.
      const isAllowed = work.source.rating !== "mature" || drawsForAdults(provider.name);
      return isAllowed ? undefined : cannot(`The terms of ${provider.name} do not allow pictures for adults.`);
    },
    async submit() {
      const { source } = work;
      const webhookUrl = work.deps.webhookUrl?.(work.job, attempt);
      return source ? editor.submit({ ...about, operation: edit.operation, source, webhookUrl }) : isGone;
    },
    ...(lookUp && { lookUp: (lost) => lookUp({ alteration: about, ...lost }) }),
  };
}

const cannot = (detail: string): Failed => ({ kind: "failed", failure: { class: "bad-request", detail } });
const isGone = cannot("The picture is not there any more.");
