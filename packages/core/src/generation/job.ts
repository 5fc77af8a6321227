import { randomInt } from "node:crypto";
import * as z from "zod";
import { actorId, type Context, type FieldError, instant, newId, Problem, problems } from "../kernel/index.ts";
import { catalogue, defaultSide, type Model, type Quality, qualities } from "./catalogue.ts";
import { generationProblems } from "./problems.ts";

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

const side = z.int().min(1).max(16_384);

/** Tags are short words; they are kept as typed, without the outer blanks. */
export const tags = z.array(z.string().trim().min(1).max(40)).max(30);

export const GenerationRequest = z.strictObject({
  prompt: z.string().trim().min(1).max(10_000),
  negativePrompt: z.string().trim().max(10_000).optional(),
  style: z.string().max(60).optional(),
  width: side.optional(),
  height: side.optional(),
  quality: z.enum(qualities).default("standard"),
  provider: z.string().max(60).optional(),
  model: z.string().max(120).optional(),
  count: z.int().min(1).max(100).default(1),
  seed: z.int().min(0).max(maxSeed).optional(),
  tags: tags.default([]),
});
export type GenerationRequest = z.infer<typeof GenerationRequest>;

/** One try of one worker, written before it draws. */
export type Attempt = { id: string; startedAt: string; endedAt?: string; outcome?: "drawn" | "failed" | "lost" | "canceled" };

/** Why a job did not end as hoped, in the words of problem details. */
export type Trouble = { code: string; title: string; detail: string };

export type Job = {
  id: string;
  workspaceId: string;
  state: JobState;
  /** 0 to 1. */
  progress: number;
  prompt: string;
  negativePrompt?: string;
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

/** A new job from a valid request. Throws `request/invalid` with what the model allows. */
export function newJob(ctx: Context, request: GenerationRequest): Job {
  const { provider: _provider, model: _model, quality, count, seed, width, height, ...rest } = request;
  const model = chooseModel(request);
  const at = ctx.clock.now();
  const given = width ?? height ?? defaultSide[quality];
  const job: Job = {
    ...rest,
    id: newId("gen", at),
    workspaceId: ctx.workspaceId,
    state: "queued",
    progress: 0,
    width: width ?? given,
    height: height ?? given,
    quality,
    provider: model.provider,
    model: model.model,
    count,
    seed: seed ?? randomInt(maxSeed - 100),
    imageIds: Array.from({ length: count }, () => newId("img", at)),
    attempts: [],
    costMicroUsd: 0,
    requestedBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
  const errors = violations(job, model);
  if (errors.length > 0) throw new Problem(problems.invalid, `${model.title} cannot draw this.`, { errors });
  return job;
}

function chooseModel({ provider, model }: GenerationRequest): Model {
  const found = catalogue.find(
    (entry) => (provider === undefined || entry.provider === provider) && (model === undefined || entry.model === model),
  );
  if (!found) {
    const allowed = catalogue.filter((entry) => entry.state === "on").map((entry) => `${entry.provider} / ${entry.model}`);
    throw new Problem(problems.invalid, `There is no such model. Available: ${allowed.join(", ")}.`, {
      errors: [{ pointer: model === undefined ? "#/provider" : "#/model", detail: `One of: ${allowed.join(", ")}.` }],
    });
  }
  if (found.state !== "on")
    throw new Problem(generationProblems.modelUnavailable, `${found.title} is ${found.state}. ${found.why ?? ""}`.trim());
  return found;
}

function violations(job: Job, { capabilities: can }: Model): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ["width", "height"] as const) {
    if (job[name] < can.minSide || job[name] > can.maxSide)
      errors.push({ pointer: `#/${name}`, detail: `Between ${can.minSide} and ${can.maxSide} pixels.` });
    else if (job[name] % can.sideStep !== 0) errors.push({ pointer: `#/${name}`, detail: `A multiple of ${can.sideStep}.` });
  }
  if (job.width * job.height > can.maxPixels) errors.push({ pointer: "#/width", detail: `At most ${can.maxPixels} pixels in all.` });
  if (job.count > can.maxCount) errors.push({ pointer: "#/count", detail: `At most ${can.maxCount} images at once.` });
  if (job.style !== undefined && !can.styles.includes(job.style))
    errors.push({ pointer: "#/style", detail: `One of: ${can.styles.join(", ")}. Leave it out to let the words decide.` });
  if (job.negativePrompt && !can.negativePrompt) errors.push({ pointer: "#/negativePrompt", detail: "This model takes none." });
  return errors;
}

/** The seed of the n-th image, from 0. */
export const seedOf = (job: Job, index: number): number => (job.seed + index) % (maxSeed + 1);
