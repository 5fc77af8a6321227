import * as z from "zod";
import { GenerationRequest, qualities } from "../generation/index.ts";
import { ratings } from "../safety/index.ts";
import { namePattern } from "./wording.ts";

const bound = 1_000_000_000;
const word = (most: number) => z.string().trim().min(1).max(most);
const whole = z.int().min(-bound).max(bound);

const named = {
  name: z.string().max(40).regex(namePattern).describe("Stands in braces in the text: a small letter, then letters, digits, underscores."),
  description: z.string().trim().max(300).optional(),
};

export const VariableRequest = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    ...named,
    maxLength: z.int().min(1).max(1_000).default(200),
    default: word(1_000).optional(),
    example: word(1_000).optional(),
  }),
  z.strictObject({
    type: z.literal("choice"),
    ...named,
    choices: z.array(word(100)).min(1).max(50),
    default: word(100).optional(),
    example: word(100).optional(),
  }),
  z.strictObject({
    type: z.literal("number"),
    ...named,
    minimum: whole.default(0),
    maximum: whole.default(1_000),
    default: whole.optional(),
    example: whole.optional(),
  }),
]);

const side = z.int().min(1).max(16_384);

export const parameters = z.strictObject({
  style: z.string().max(60).optional(),
  quality: z.enum(qualities).optional(),
  width: side.optional(),
  height: side.optional(),
});

const content = {
  text: word(4_000).describe("Names variables in braces: `{subject} at dawn`. A brace that is meant as one is doubled."),
  negativePrompt: z.string().trim().max(2_000).optional(),
  variables: z.array(VariableRequest).max(20).default([]),
  parameters: parameters.default({}).describe("Used where a generation does not say otherwise."),
};

export const category = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/)
  .describe("Small letters, digits and hyphens; one of the shipped ones, or your own.");

const about = {
  name: word(120),
  description: z.string().trim().max(1_000),
  category,
  rating: z.enum(ratings),
};

export const TemplateRequest = z.strictObject({
  ...about,
  description: about.description.default(""),
  rating: about.rating.default("general"),
  ...content,
});
export type TemplateRequest = z.infer<typeof TemplateRequest>;

export const TemplateChange = z.strictObject(about).partial();
export type TemplateChange = z.infer<typeof TemplateChange>;

export const VersionRequest = z.strictObject({ ...content, note: z.string().trim().max(500).optional() });
export type VersionRequest = z.infer<typeof VersionRequest>;

const versionNumber = z.int().min(1).max(1_000_000);

export const CopyRequest = z.strictObject({ name: word(120).optional(), version: versionNumber.optional() });
export type CopyRequest = z.infer<typeof CopyRequest>;

export const LabelRequest = z.strictObject({ version: versionNumber });
export type LabelRequest = z.infer<typeof LabelRequest>;

const variableName = z.string().max(40);
const value = z.union([z.string().max(1_000), whole]);

const template = {
  templateId: z.string().min(1).max(64).optional(),
  templateVersion: versionNumber.optional().describe("Without it, the one that is labelled `production`, or that an experiment assigns."),
};

const fromTemplate = {
  ...template,
  prompt: GenerationRequest.shape.prompt.optional().describe("Needed unless there is a `templateId`."),
  quality: z.enum(qualities).optional().describe("`standard`, unless the template says otherwise."),
};

/** Either words of one's own or a template. */
function onePrompt({ prompt, templateId, templateVersion, variables }: { [name: string]: unknown }): { path: string; message: string }[] {
  const faults: { path: string; message: string }[] = [];
  if (prompt === undefined && templateId === undefined) faults.push({ path: "prompt", message: "Give a prompt, or the id of a template." });
  if (prompt !== undefined && templateId !== undefined)
    faults.push({ path: "templateId", message: "Give a prompt or the id of a template, not both." });
  if (templateId === undefined && templateVersion !== undefined)
    faults.push({ path: "templateVersion", message: "It goes with a templateId." });
  if (templateId === undefined && variables !== undefined) faults.push({ path: "variables", message: "They go with a templateId." });
  return faults;
}

type Refined = z.core.$RefinementCtx;
const addAll = (ctx: Refined, faults: { path: string; message: string }[]): void => {
  for (const { path, message } of faults) ctx.addIssue({ code: "custom", path: [path], message });
};

/** What may be asked for: words, or a template and what fills it. */
export const PromptRequest = GenerationRequest.extend({
  ...fromTemplate,
  variables: z.record(variableName, value).optional().describe("Of the template: a value for each variable that has no default."),
}).superRefine((request, ctx) => addAll(ctx, onePrompt(request)));
export type PromptRequest = z.infer<typeof PromptRequest>;

/** What is asked for again and again: without a seed, since no two pictures shall be the same, and with sets of values that take turns. */
export const StandingPrompt = GenerationRequest.omit({ count: true, seed: true })
  .extend({
    ...fromTemplate,
    variableSets: z
      .array(z.record(variableName, value))
      .min(1)
      .max(20)
      .optional()
      .describe("Of the template: sets of values that take turns, one for each generation."),
  })
  .superRefine(({ variableSets, ...request }, ctx) => {
    addAll(ctx, onePrompt(request));
    if (variableSets && request.templateId === undefined) addAll(ctx, [{ path: "variableSets", message: "They go with a templateId." }]);
  });
export type StandingPrompt = z.infer<typeof StandingPrompt>;

/** The same with several values for a variable, or `{red|blue}` in the words. */
export const PreviewRequest = GenerationRequest.extend({
  ...fromTemplate,
  prompt: fromTemplate.prompt.describe("Needed unless there is a `templateId`. `{red|blue}` stands for either."),
  variables: z
    .record(variableName, z.union([value, z.array(value).min(1).max(100)]))
    .optional()
    .describe("Of the template: a value, or several."),
  limit: z.int().min(1).max(100).default(10).describe("How many of the variations are shown."),
}).superRefine((request, ctx) => addAll(ctx, onePrompt(request)));
export type PreviewRequest = z.infer<typeof PreviewRequest>;

export const ExperimentRequest = z.strictObject({
  name: word(120),
  templateId: z.string().min(1).max(64),
  arms: z
    .array(z.strictObject({ version: versionNumber, weight: z.int().min(1).max(1_000).default(1) }))
    .min(2)
    .max(5)
    .describe("Versions of the template, and their shares of the requests."),
  minimumSample: z.int().min(1).max(100_000).default(30).describe("Reviewed images that each arm needs before anything is decided."),
  confidencePercent: z
    .int()
    .min(80)
    .max(99)
    .default(95)
    .describe("A winner among equals is named at most this far from always: 95 means in at most 5 % of experiments."),
  whenDecided: z
    .enum(["tell", "promote"])
    .default("tell")
    .describe("`promote`: the winner is labelled `production` at once. `tell`: that is left to you."),
});
export type ExperimentRequest = z.infer<typeof ExperimentRequest>;
