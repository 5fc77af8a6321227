import * as z from "zod";
import { mostTags, reasons } from "./image.ts";

export const mostAtOnce = 100;

const tags = z.array(z.string().trim().min(1).max(40)).min(1).max(mostTags);
const note = z.string().trim().max(2_000).optional();

export const BulkRequest = z.strictObject({
  imageIds: z.array(z.string().min(1).max(64)).min(1).max(mostAtOnce),
  change: z.discriminatedUnion("action", [
    z.strictObject({ action: z.literal("tag"), tags }),
    z.strictObject({ action: z.literal("untag"), tags }),
    z.strictObject({ action: z.literal("star"), stars: z.int().min(0).max(5) }),
    z.strictObject({
      action: z.literal("move"),
      folderId: z.string().min(1).max(64).nullable().describe("`null` takes them out of any folder."),
    }),
    z.strictObject({ action: z.literal("delete") }),
    z.strictObject({ action: z.literal("restore") }),
    z.strictObject({ action: z.literal("approve"), note }),
    z.strictObject({ action: z.literal("reject"), note, reasons: z.array(z.enum(reasons)).max(reasons.length).default([]) }),
  ]),
});
export type BulkRequest = z.infer<typeof BulkRequest>;
