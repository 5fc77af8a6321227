import { type Job, jobStates, qualities } from "@atelier/core/generation";
import * as z from "zod";
import { Instant, Trouble } from "../schemas.ts";

export const Generation = z
  .object({
    id: z.string(),
    state: z.enum(jobStates),
    progress: z.number().min(0).max(1),
    prompt: z.string(),
    negativePrompt: z.string().optional(),
    style: z.string().optional(),
    width: z.int(),
    height: z.int(),
    quality: z.enum(qualities),
    provider: z.string(),
    model: z.string(),
    count: z.int(),
    seed: z.int().describe("Of the first image; the others follow by one each."),
    tags: z.array(z.string()),
    imageIds: z.array(z.string()).describe("Known from the start; the images themselves come when they are drawn."),
    costMicroUsd: z.int(),
    attempts: z.array(
      z.object({
        id: z.string(),
        startedAt: Instant,
        endedAt: Instant.optional(),
        outcome: z.enum(["drawn", "failed", "lost", "canceled"]).optional(),
      }),
    ),
    problem: Trouble.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    startedAt: Instant.optional(),
    finishedAt: Instant.optional(),
    version: z.int(),
  })
  .meta({ id: "Generation" });

export function generationBody(job: Job) {
  const { workspaceId: _workspace, leaseUntil: _lease, correlationId: _correlation, requestedBy: _by, id, state, ...shown } = job;
  return { id, state, ...shown };
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
  provider: "sketch",
  model: "sketch-1",
  count: 1,
  seed: 7,
  tags: ["harbour"],
  imageIds: ["img_01JD5S3W6Z9QF3V2N8XK4T7B1D"],
  costMicroUsd: 0,
  attempts: [
    { id: "att_01JD5S3W7A0000000000000000", startedAt: "2026-11-20T10:00:00.100Z", endedAt: "2026-11-20T10:00:00.600Z", outcome: "drawn" },
  ],
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:00.900Z",
  startedAt: "2026-11-20T10:00:00.100Z",
  finishedAt: "2026-11-20T10:00:00.900Z",
  version: 4,
};
