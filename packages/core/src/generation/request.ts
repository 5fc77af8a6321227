import * as z from "zod";
import { qualities } from "../providers/index.ts";
import type { PlanUse, TemplateUse } from "./job.ts";
import { longestRoute, maxSeed } from "./limits.ts";

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
  provider: z.string().max(60).optional().describe("Only this one is asked."),
  providers: z
    .array(z.string().max(60))
    .min(1)
    .max(longestRoute)
    .optional()
    .describe("These are asked, in this order: the next where one cannot. Not together with `provider`."),
  model: z.string().max(120).optional(),
  count: z.int().min(1).max(100).default(1),
  seed: z.int().min(0).max(maxSeed).optional(),
  tags: tags.default([]),
});
/** `template` is where the words came from, if they are not the caller's own; `plan` who asks, if it is no person. */
export type GenerationRequest = z.infer<typeof GenerationRequest> & { template?: TemplateUse; plan?: PlanUse };
