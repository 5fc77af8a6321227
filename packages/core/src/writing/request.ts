import * as z from "zod";
import { longestRoute, promptMax, systemMax, tokensDefault, tokensMax } from "./limits.ts";

const description = z.string().max(300).optional();
const lengthMax = z.int().min(1).max(10_000);
const bound = z.number().min(-1_000_000_000).max(1_000_000_000);

const Field = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("string"),
    description,
    maxLength: lengthMax.optional(),
    enum: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  }),
  z.strictObject({ type: z.literal("integer"), description, minimum: bound.optional(), maximum: bound.optional() }),
  z.strictObject({ type: z.literal("number"), description, minimum: bound.optional(), maximum: bound.optional() }),
  z.strictObject({ type: z.literal("boolean"), description }),
  z.strictObject({
    type: z.literal("array"),
    description,
    items: z.strictObject({ type: z.literal("string"), maxLength: lengthMax.optional() }),
    maxItems: z.int().min(1).max(100).optional(),
  }),
]);
export type Field = z.infer<typeof Field>;

/** Fields of one shape. */
export const fieldsMax = 20;

/** JSON Schema, as much of it as all models keep to: one object whose fields are plain values or lists of words. All of its fields are there in the answer. */
export const Shape = z.strictObject({
  type: z.literal("object"),
  properties: z.record(
    z
      .string()
      .max(40)
      .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/),
    Field,
  ),
  required: z.array(z.string().max(40)).max(fieldsMax).optional(),
  additionalProperties: z.literal(false).optional(),
});
export type Shape = z.infer<typeof Shape>;

export const TextsRequest = z.strictObject({
  purpose: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .optional()
    .describe("What it is for, in a word of your own: it stands in the list of calls."),
  system: z.string().max(systemMax).optional().describe("How the model is to behave."),
  prompt: z.string().min(1).max(promptMax),
  maxTokens: z.int().min(1).max(tokensMax).default(tokensDefault).describe("Of the answer; a token is some four letters of English."),
  models: z
    .array(z.string().min(1).max(160))
    .min(1)
    .max(longestRoute)
    .optional()
    .describe("`provider`, or `provider/model`: these alone are asked, in this order."),
  schema: Shape.optional().describe("The answer is JSON of this shape: a JSON Schema of one object with up to 20 plain fields."),
});
export type TextsRequest = z.infer<typeof TextsRequest>;
