import type { Trouble } from "../kernel/index.ts";
import type { Quality } from "./catalogue.ts";

export const jobStates = ["queued", "rendering", "succeeded", "failed", "refused", "canceled"] as const;
export type JobState = (typeof jobStates)[number];

/** `rendering` may follow itself: a worker that dies is replaced. */
const next: Record<JobState, readonly JobState[]> = {
  queued: ["rendering", "canceled"],
  rendering: ["rendering", "succeeded", "refused", "failed", "canceled"],
  succeeded: [],
  refused: [],
  failed: ["queued"],
  canceled: [],
};

export const mayBecome = (from: JobState, to: JobState): boolean => next[from].includes(to);
export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "rendering";

/** A worker's time for one attempt; whoever finds a job whose lease has run out takes it up again. */
export const leaseMs = 30_000;
/** How long drawn images may take to be examined before they are taken as lost and drawn again. */
export const processingPatienceMs = 10 * 60_000;
/** Attempts after which a job has failed. */
export const maxAttempts = 4;
export const maxSeed = 4_294_967_295;

/** One try of one worker, written before it draws. */
export type Attempt = { id: string; startedAt: string; endedAt?: string; outcome?: "drawn" | "failed" | "lost" | "canceled" };

/** The template that a prompt was made from, and the values that filled it: what became of the images is counted by its version. */
export type TemplateUse = { id: string; version: number; experimentId?: string; variables: Record<string, string> };

export type Job = {
  id: string;
  workspaceId: string;
  state: JobState;
  /** 0 to 1. */
  progress: number;
  prompt: string;
  negativePrompt?: string;
  template?: TemplateUse;
  style?: string;
  width: number;
  height: number;
  quality: Quality;
  provider: string;
  model: string;
  count: number;
  /** Of the first image; the others follow it by one each. */
  seed: number;
  tags: string[];
  /** Decided with the request, so that a repeated attempt makes the same images and not others. */
  imageIds: string[];
  attempts: Attempt[];
  /** Epoch milliseconds until which the present worker is believed to be alive. */
  leaseUntil?: number;
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

/** The seed of the n-th image, from 0. */
export const seedOf = (job: Job, index: number): number => (job.seed + index) % (maxSeed + 1);
