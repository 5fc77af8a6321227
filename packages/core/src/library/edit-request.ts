import * as z from "zod";
import { factors } from "../providers/index.ts";
import { filterNames, longestSide, mostOperations } from "./edit-limits.ts";
import { limits } from "./image.ts";

const side = z.int().min(limits.minSide).max(longestSide);
const offset = z.int().min(0).max(65_535);
const change = z.int().min(-100).max(100).default(0);

/** What is done here; each operation takes what the one before it has left. Sides and offsets in pixels. */
const own = [
  z.strictObject({ type: z.literal("crop"), left: offset, top: offset, width: side, height: side }),
  z.strictObject({
    type: z.literal("crop_to_ratio"),
    ratio: z.strictObject({ width: z.int().min(1).max(100), height: z.int().min(1).max(100) }),
    around: z.enum(["subject", "centre"]).default("subject").describe("`subject`: where the picture draws the eye."),
  }),
  z.strictObject({
    type: z.literal("resize"),
    width: side.optional(),
    height: side.optional().describe("Of width and height one is enough: the ratio is kept."),
    fit: z.enum(["inside", "cover", "fill"]).default("inside").describe("Where both are given: `cover` cuts, `fill` distorts."),
  }),
  z.strictObject({ type: z.literal("rotate"), degrees: z.union([z.literal(90), z.literal(180), z.literal(270)]).describe("Clockwise.") }),
  z.strictObject({ type: z.literal("flip"), direction: z.enum(["horizontal", "vertical"]) }),
  z.strictObject({ type: z.literal("adjust"), brightness: change, contrast: change, saturation: change }),
  z.strictObject({ type: z.literal("sharpen"), amount: z.int().min(1).max(100).default(50) }),
  z.strictObject({ type: z.literal("filter"), name: z.enum(filterNames) }),
  z.strictObject({ type: z.literal("auto_enhance") }),
] as const;

/** What a provider's model does. It costs, and goes alone. */
const byProviders = [
  z.strictObject({ type: z.literal("remove_background") }),
  z.strictObject({ type: z.literal("upscale"), factor: z.literal(factors).default(2).describe("Times each side.") }),
] as const;

/** What may be done to a picture. */
export const Operation = z.discriminatedUnion("type", [...own, ...byProviders]);
export type Operation = z.infer<typeof Operation>;
export type ProviderOperation = z.infer<(typeof byProviders)[number]>;
export type OwnOperation = Exclude<Operation, ProviderOperation>;

export const EditRequest = z.strictObject({
  operations: z
    .array(Operation)
    .min(1)
    .max(mostOperations)
    .describe("`remove_background` and `upscale` are done by a provider's model, and go alone."),
  model: z
    .string()
    .max(120)
    .optional()
    .describe("Of those that do it, for `remove_background` and `upscale`; without it the first that is on and can."),
  from: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe("Number of the version that is edited. If it is left out, the current one, once no other edit is being made."),
});
export type EditRequest = z.infer<typeof EditRequest>;
