import * as z from "zod";
import { ratings } from "../safety/index.ts";
import { decisions, limits, type MimeType, mimeTypes, mostTags, reasons } from "./image.ts";

/** Each once, whatever was said twice. */
export const Tags = z
  .array(z.string().trim().min(1).max(40))
  .max(mostTags)
  .overwrite((tags) => [...new Set(tags)]);

export const UploadRequest = z.strictObject({
  fileName: z.string().trim().min(1).max(200),
  contentType: z.enum(Object.keys(mimeTypes) as [MimeType, ...MimeType[]]),
  bytes: z.int().min(1).max(limits.maxBytes),
  tags: Tags.default([]),
  rating: z.enum(ratings).default("general").describe("For whom it is. `mature` is published nowhere that forbids it."),
});
export type UploadRequest = z.infer<typeof UploadRequest>;

export const ReviewRequest = z.strictObject({
  decision: z.enum(decisions),
  note: z.string().trim().max(2_000).optional(),
  reasons: z.array(z.enum(reasons)).max(reasons.length).default([]),
});
export type ReviewRequest = z.infer<typeof ReviewRequest>;

export const ImageChange = z.strictObject({
  tags: Tags.optional(),
  stars: z.int().min(0).max(5).optional(),
  category: z.string().trim().max(60).optional(),
  folderId: z.string().min(1).max(64).nullable().optional().describe("`null` takes it out of its folder."),
  rating: z.enum(ratings).optional().describe("Not milder than the words that it was made from."),
});
export type ImageChange = z.infer<typeof ImageChange>;
