import type { Trouble } from "../kernel/index.ts";
import type { EditOperation, Quality } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import { type Attempt, isOpen } from "./attempt.ts";
import { maxSeed } from "./limits.ts";

export const jobStates = ["queued", "rendering", "succeeded", "failed", "refused", "canceled"] as const;
export type JobState = (typeof jobStates)[number];

/** Some may follow themselves: a worker that dies is replaced, and a provider that is full is waited for. */
const next: Record<JobState, readonly JobState[]> = {
  queued: ["queued", "rendering", "canceled"],
  rendering: ["rendering", "succeeded", "refused", "failed", "canceled"],
  succeeded: [],
  refused: [],
  failed: ["queued"],
  canceled: [],
};

export const mayBecome = (from: JobState, to: JobState): boolean => next[from].includes(to);
export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "rendering";

/** How long drawn images may take to be examined before they are taken as lost. */
export const processingPatienceMs = 10 * 60_000;

/** The template that a prompt was made from, and the values that filled it: what became of the images is counted by its version. */
export type TemplateUse = { id: string; version: number; experimentId?: string; variables: Record<string, string> };

/** The plan that asked for it, and which of its runs that was. */
export type PlanUse = { id: string; runId: string };

/**
 * What a job changes, if it draws nothing: one picture of the library, whose version of the job's only image id comes of it. Everything else about such a
 * job, its attempts, its money and its ends, is as of any other; it has no words, and a style, a seed or tags mean nothing for it.
 */
export type EditOf = {
  imageId: string;
  operation: EditOperation;
  source: { sha256: string; mimeType: string; width: number; height: number };
};

/** A provider and its model, as one stop of a route. */
export type Choice = { provider: string; model: string };

/** A provider that could not be asked: it is `full`, and is waited for, or `paused`, and another is asked meanwhile. */
export type Held = {
  provider: string;
  why: "full" | "paused";
  until: number;
  /** Since when it was asked in vain, epoch milliseconds; what was written before this was known has none. */
  since?: number;
};

export type Job = {
  id: string;
  workspaceId: string;
  state: JobState;
  /** 0 to 1. */
  progress: number;
  edit?: EditOf;
  prompt: string;
  negativePrompt?: string;
  template?: TemplateUse;
  plan?: PlanUse;
  style?: string;
  width: number;
  height: number;
  quality: Quality;
  /** Who was asked first; each attempt has its own. */
  provider: string;
  model: string;
  /** Where there are more than one: everybody who may be asked, in this order. */
  route?: Choice[];
  count: number;
  /** Of the first image; the others follow it by one each. */
  seed: number;
  tags: string[];
  /** For whom its words are, and which edition of the rules has said so. Of jobs from before the rules: for everybody. */
  rating?: Rating;
  rulesVersion?: string;
  /** Decided with the request, so that a repeated attempt makes the same images and not others. */
  imageIds: string[];
  attempts: Attempt[];
  /** Epoch milliseconds until which the worker that submits for it is believed to be alive. */
  leaseUntil?: number;
  /** Who could not be asked, until when. */
  held?: Held[];
  /** Of the attempts that have ended. Of one whose outcome is not known it is what was reserved. */
  costMicroUsd: number;
  problem?: Trouble;
  requestedBy: string;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  startedAt?: string;
  finishedAt?: string;
  version: number;
};

/** What news of a job says of where it came from: whoever follows plans is told of theirs alone. */
export const originOf = ({ plan }: Job): { planId: string; runId: string } | undefined => plan && { planId: plan.id, runId: plan.runId };

/** The seed of the n-th image, from 0. */
export const seedOf = ({ seed }: Pick<Job, "seed">, index: number): number => (seed + index) % (maxSeed + 1);

/** Nothing is left to do: a job that has ended may have paid attempts of which it is not known yet what they cost. */
export const isOver = ({ state, attempts }: Job): boolean => isFinal(state) && !attempts.some(isOpen);

export const choicesOf = ({ route, provider, model }: Pick<Job, "route" | "provider" | "model">): readonly Choice[] =>
  route ?? [{ provider, model }];
