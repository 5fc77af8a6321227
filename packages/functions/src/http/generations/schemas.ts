import { type Attempt as AttemptRow, type Job, jobStates, maxAttempts, maxImages, maxSeed, outcomes } from "@atelier/core/generation";
import { qualities } from "@atelier/core/providers";
import { ratings } from "@atelier/core/safety";
import * as z from "zod";
import { Amount, Instant, idOf, Trouble, text, Version } from "../schemas.ts";

/** Where a prompt came from, as generations and images tell it. */
export const TemplateUse = z
  .object({
    id: idOf("tpl"),
    version: z.int().min(1),
    experimentId: idOf("exp").optional(),
    variables: z.record(text(40), text(1_000)).describe("The values that filled it, those of defaults too."),
  })
  .meta({ id: "TemplateUse", description: "The template that the prompt was made from, by the number of its version." });

const Attempt = z
  .object({
    id: idOf("att"),
    imageId: idOf("img"),
    provider: text(60),
    model: text(120),
    startedAt: Instant,
    endedAt: Instant.optional(),
    outcome: z
      .enum(outcomes)
      .optional()
      .describe("`unknown`: nobody can tell whether it was drawn; it counts as spent, and is not repeated there."),
    reservedMicroUsd: Amount.describe("At most what it costs; held until it has ended."),
    costMicroUsd: Amount.optional().describe("What it has cost in the end."),
    detail: text(2_000).optional().describe("What happened, in plain words."),
  })
  .meta({ id: "Attempt", description: "One call to a provider, for one image." });

/** Which plan asked, as generations and images tell it. */
export const PlanUse = z
  .object({ id: idOf("pln"), runId: idOf("run") })
  .meta({ id: "PlanUse", description: "The plan that asked for it, and its run." });

export const Generation = z
  .object({
    id: idOf("gen"),
    state: z.enum(jobStates),
    progress: z.number().min(0).max(1),
    prompt: text(10_000),
    negativePrompt: text(10_000).optional(),
    template: TemplateUse.optional(),
    plan: PlanUse.optional(),
    style: text(60).optional(),
    width: Amount,
    height: Amount,
    quality: z.enum(qualities),
    provider: text(60).describe("Who was asked first; each attempt tells its own."),
    model: text(120),
    count: Amount,
    seed: Amount.max(maxSeed).describe("Of the first image; the others follow by one each."),
    rating: z.enum(ratings).describe("For whom its words are, as the rules say."),
    tags: z.array(text(40)).max(30),
    imageIds: z.array(idOf("img")).max(100).describe("Known from the start; the images themselves come when they are drawn."),
    costMicroUsd: Amount,
    attempts: z
      .array(Attempt)
      .max(maxImages * maxAttempts)
      .describe("One for each call that may cost, oldest first."),
    problem: Trouble.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    startedAt: Instant.optional(),
    finishedAt: Instant.optional(),
    version: Version,
  })
  .meta({ id: "Generation" });

export function generationBody(job: Job) {
  const { workspaceId: _ws, leaseUntil: _lease, correlationId: _correlation, requestedBy: _by, route: _route, held: _held, ...shown } = job;
  const { id, state, rating = "general", rulesVersion: _rules, attempts, ...rest } = shown;
  return { id, state, rating, ...rest, attempts: attempts.map(attemptBody) };
}

function attemptBody({ id, imageId, provider, model, startedAt, endedAt, outcome, reservedMicroUsd, costMicroUsd, detail }: AttemptRow) {
  return { id, imageId, provider, model, startedAt, endedAt, outcome, reservedMicroUsd, costMicroUsd, detail };
}

export const generationView = (job: Job) => ({ body: generationBody(job), version: job.version });

export const exampleGeneration = {
  id: "gen_01JD5S3W6Z9QF3V2N8XK4T7B1C",
  state: "succeeded",
  progress: 1,
  prompt: "a quiet harbour at dawn",
  width: 1024,
  height: 768,
  quality: "standard",
  rating: "general",
  provider: "sketch",
  model: "sketch-1",
  count: 1,
  seed: 7,
  tags: ["harbour"],
  imageIds: ["img_01JD5S3W6Z9QF3V2N8XK4T7B1D"],
  costMicroUsd: 0,
  attempts: [
    {
      id: "att_01JD5S3W7A0000000000000000",
      imageId: "img_01JD5S3W6Z9QF3V2N8XK4T7B1D",
      provider: "sketch",
      model: "sketch-1",
      startedAt: "2026-11-20T10:00:00.100Z",
      endedAt: "2026-11-20T10:00:00.600Z",
      outcome: "drawn",
      reservedMicroUsd: 0,
      costMicroUsd: 0,
    },
  ],
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:00.900Z",
  startedAt: "2026-11-20T10:00:00.100Z",
  finishedAt: "2026-11-20T10:00:00.900Z",
  version: 4,
};
