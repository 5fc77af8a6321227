import type { Context } from "@atelier/core/kernel";
import {
  decisions,
  type Image as ImageRow,
  imageStates,
  mimeTypes,
  mostAutoTags,
  paths,
  placed,
  type Review as ReviewRow,
  reasons,
} from "@atelier/core/library";
import { ratings } from "@atelier/core/safety";
import * as z from "zod";
import { PlanUse, TemplateUse } from "../generations/schemas.ts";
import { ActorId, Amount, Instant, idOf, text, Url, Version } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

const url = Url.describe("Opens for an hour without credentials.");

const part = z.number().min(0).max(1);
export const Quality = z
  .object({ score: part, sharpness: part, exposure: part, contrast: part, resolution: part })
  .meta({ id: "Quality", description: "How good a picture is, as far as arithmetic can tell; all from 0 to 1. `score` weighs the parts." });
export const likeness = z.string().max(16).describe("Perceptual hash: 64 bits in hex. Alike pictures differ in few of them.");

const Making = z
  .object({
    generationId: idOf("gen"),
    prompt: text(10_000),
    negativePrompt: text(10_000).optional(),
    template: TemplateUse.optional(),
    plan: PlanUse.optional(),
    style: text(60).optional(),
    quality: text(20),
    provider: text(60),
    model: text(120),
    modelVersion: text(120).optional(),
    seed: Amount,
    width: Amount,
    height: Amount,
    costMicroUsd: Amount,
    requestId: text(120).optional().describe("The provider's own id of the work."),
    queueMs: Amount,
    renderMs: Amount.optional(),
  })
  .meta({ id: "Making", description: "How a generated image was made: enough to make it again." });

export const Image = z
  .object({
    id: idOf("img"),
    state: z.enum(imageStates),
    source: z.enum(["generation", "upload"]),
    fileName: text(200).optional(),
    width: Amount.optional(),
    height: Amount.optional(),
    bytes: Amount.optional(),
    mimeType: z.enum(Object.keys(mimeTypes) as [keyof typeof mimeTypes, ...(keyof typeof mimeTypes)[]]).optional(),
    sha256: z
      .string()
      .max(64)
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe("Of the original as it is kept, in hex."),
    thumbhash: text(60).optional().describe("A blurred stand-in of some 25 bytes, in base64."),
    digitalSourceType: text(120).optional().describe("IPTC term, such as `algorithmicMedia`."),
    currentVersion: z.int().min(1).optional().describe("Number of the version that is shown; absent where nothing was edited."),
    lastVersion: z.int().min(1).optional().describe("Number of the latest that was asked for."),
    likeness: likeness.optional(),
    quality: Quality.optional(),
    urls: z
      .object({ original: url.optional(), preview: url.optional(), thumbnail: url.optional() })
      .describe("Lists give the thumbnail alone."),
    generation: Making.optional(),
    quarantine: z.object({ reason: text(60), detail: text(2_000) }).optional(),
    review: z
      .object({ decision: z.enum(decisions), by: ActorId, at: Instant, note: text(2_000).optional(), reasons: z.array(text(40)).max(20) })
      .optional()
      .describe("The latest one."),
    tags: z.array(text(40)).max(30),
    autoTags: z
      .array(
        z.object({
          tag: text(40),
          confidence: z.number().min(0).max(1),
          from: z
            .enum(["words", "picture"])
            .describe("Where it comes from: the words that it was made from, or its file's name; or what a model sees in it."),
        }),
      )
      .max(mostAutoTags)
      .optional()
      .describe(
        "Found by themselves, the surest first. Those from the picture come some seconds after the image. `tag` filters by them too.",
      ),
    stars: Amount.max(5),
    rating: z.enum(ratings).describe("For whom it is."),
    category: text(60).optional(),
    folderId: idOf("fld").optional().describe("The folder that it lies in; absent where it lies in none, or in one that was deleted."),
    postedAt: Instant.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Image" });

export const Review = z
  .object({
    id: idOf("rev"),
    imageId: idOf("img"),
    decision: z.enum(decisions),
    note: text(2_000).optional(),
    reasons: z.array(z.enum(reasons)).max(reasons.length),
    by: ActorId,
    at: Instant,
  })
  .meta({ id: "Review" });

/** Links are made for what is asked: signing costs, and a list shows thumbnails. */
export async function imageBody(image: ImageRow, links: "all" | "thumbnail") {
  const {
    workspaceId,
    file,
    making,
    autoTags,
    correlationId: _correlation,
    createdBy: _by,
    declaredType: _type,
    declaredBytes: _bytes,
    deletedAt: _deleted,
    purgedAt: _purged,
    id,
    state,
    ...shown
  } = image;
  const { media } = libraryDeps();
  const thumbnail = file && (await media.link(paths.thumbnail(workspaceId, image.id, file)));
  const urls =
    file && links === "all"
      ? {
          original: await media.link(paths.original(workspaceId, image.id, file)),
          preview: await media.link(paths.preview(workspaceId, image.id, file)),
          thumbnail,
        }
      : { thumbnail };
  return {
    ...{ id, state, ...shown, rating: image.rating ?? ("general" as const), ...file, urls },
    ...(autoTags && { autoTags: autoTags.map((one) => ({ from: "words" as const, ...one })) }),
    ...(making && { generation: making }),
  };
}

export async function imageView(image: ImageRow, ctx: Context) {
  const [shown = image] = await placed(ctx, libraryDeps(), [image]);
  return { body: await imageBody(shown, "all"), version: image.version };
}

export function reviewBody(review: ReviewRow) {
  const { version: _version, id, ...shown } = review;
  return { id, ...shown, reasons: shown.reasons as (typeof reasons)[number][] };
}

export const exampleImage = {
  id: "img_01JD5S3W6Z9QF3V2N8XK4T7B1D",
  state: "in_review",
  source: "generation",
  width: 1024,
  height: 768,
  bytes: 812_345,
  mimeType: "image/png",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI",
  digitalSourceType: "algorithmicMedia",
  urls: {
    original:
      "https://media.example.org/images/wks_01J0000000000000000000000A/img_01JD5S3W6Z9QF3V2N8XK4T7B1D/original.png?X-Amz-Signature=5d672d79",
    preview:
      "https://media.example.org/images/wks_01J0000000000000000000000A/img_01JD5S3W6Z9QF3V2N8XK4T7B1D/preview.webp?X-Amz-Signature=5d672d79",
    thumbnail:
      "https://media.example.org/images/wks_01J0000000000000000000000A/img_01JD5S3W6Z9QF3V2N8XK4T7B1D/thumbnail.webp?X-Amz-Signature=5d672d79",
  },
  generation: {
    generationId: "gen_01JD5S3W6Z9QF3V2N8XK4T7B1C",
    prompt: "a quiet harbour at dawn",
    quality: "standard",
    provider: "sketch",
    model: "sketch-1",
    modelVersion: "1",
    seed: 7,
    width: 1024,
    height: 768,
    costMicroUsd: 0,
    queueMs: 90,
    renderMs: 310,
  },
  rating: "general" as const,
  tags: ["harbour"],
  stars: 0,
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:01.000Z",
  version: 2,
};

export const exampleReview = {
  id: "rev_01JD5S5B1Z9QF3V2N8XK4T7B1E",
  imageId: exampleImage.id,
  decision: "approved",
  note: "Lovely light.",
  reasons: [],
  by: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
  at: "2026-11-20T10:05:00.000Z",
};
