import {
  type ImageVersion as ImageVersionRow,
  mimeTypes,
  mostOperations,
  Operation,
  paths,
  type VersionMaking,
  versionStates,
} from "@atelier/core/library";
import * as z from "zod";
import { ActorId, Amount, Instant, idOf, Trouble, text, Url } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { likeness, Quality } from "./schemas.ts";

const url = Url.describe("Opens for an hour without credentials.");

export const ImageVersion = z
  .object({
    id: idOf("ver"),
    imageId: idOf("img"),
    number: z.int().min(1).describe("1 is the original."),
    state: z.enum(versionStates),
    from: z.int().min(1).optional().describe("Number of the version that it was made of."),
    operations: z.array(Operation).max(mostOperations),
    provider: text(60)
      .optional()
      .describe("Who is asked first, and in the end who has made it. Absent where it is made here, as is all of the next."),
    model: text(120).optional(),
    editId: idOf("edt").optional().describe("Under which the history tells of it, as of a generation."),
    estimateMicroUsd: Amount.optional().describe("What it costs at most with the one who is asked first."),
    costMicroUsd: Amount.optional().describe("What it has cost in the end, with what failed before; also where it failed."),
    width: Amount.optional(),
    height: Amount.optional(),
    bytes: Amount.optional(),
    mimeType: z.enum(Object.keys(mimeTypes) as [keyof typeof mimeTypes, ...(keyof typeof mimeTypes)[]]).optional(),
    sha256: text(64).optional().describe("Of the file, in hex."),
    thumbhash: text(60).optional(),
    likeness: likeness.optional(),
    quality: Quality.optional(),
    digitalSourceType: text(120).optional().describe("IPTC term, such as `trainedAlgorithmicMedia`."),
    urls: z.object({ original: url.optional(), thumbnail: url.optional() }),
    problem: Trouble.optional(),
    createdBy: ActorId,
    createdAt: Instant,
    readyAt: Instant.optional(),
  })
  .meta({ id: "ImageVersion" });

export async function versionBody({
  workspaceId,
  correlationId: _correlation,
  version: _version,
  file,
  making,
  id,
  imageId,
  number,
  state,
  ...shown
}: ImageVersionRow) {
  const { media } = libraryDeps();
  const urls = file && {
    original: await media.link(paths.original(workspaceId, imageId, file)),
    thumbnail: await media.link(paths.thumbnail(workspaceId, imageId, file)),
  };
  return { id, imageId, number, state, ...shown, ...(making && costs(making)), ...file, urls: urls ?? {} };
}

const costs = ({ editId, provider, model, estimateMicroUsd, costMicroUsd }: VersionMaking) => ({
  ...{ editId, provider, model, estimateMicroUsd, costMicroUsd },
});

export const exampleVersion = {
  id: "ver_01JD5S9A1Z9QF3V2N8XK4T7B1G",
  imageId: "img_01JD5S3W6Z9QF3V2N8XK4T7B1D",
  number: 2,
  state: "ready" as const,
  from: 1,
  operations: [
    { type: "rotate" as const, degrees: 90 as const },
    { type: "adjust" as const, brightness: 10, contrast: 5, saturation: -20 },
  ],
  width: 768,
  urls: {},
  createdBy: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10",
  createdAt: "2026-11-20T10:07:00.000Z",
  readyAt: "2026-11-20T10:07:01.000Z",
};
