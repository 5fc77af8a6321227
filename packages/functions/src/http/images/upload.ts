import { announceUpload, limits, mimeTypes, paths, UploadRequest } from "@atelier/core/library";
import * as z from "zod";
import { operation } from "../operation.ts";
import { idOf, text, Url } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

export const uploadImage = operation({
  id: "uploadImage",
  method: "POST",
  path: "/v1/images/uploads",
  area: "Library",
  summary: "Begin the upload of an image of your own",
  description: `Post the file as multipart/form-data to \`upload.url\` within 15 minutes: all of \`upload.fields\` first, then the file as \`file\`. The file may have as many bytes as announced, at most. Up to ${limits.maxBytes / 1024 / 1024} MB and ${limits.maxPixels / 1_000_000} million pixels; ${Object.keys(mimeTypes).join(", ")}. The content is examined when it has arrived; what is not as announced is quarantined.`,
  auth: "user",
  status: 201,
  idempotent: true,
  body: UploadRequest,
  response: z.object({
    imageId: idOf("img"),
    upload: z.object({ url: Url, method: z.literal("POST"), fields: z.record(text(60), text(8_192)).meta({ maxProperties: 20 }) }),
  }),
  headers: ["Location"],
  problems: [],
  example: {
    body: { fileName: "harbour.jpg", contentType: "image/jpeg", bytes: 812_345 },
    response: {
      imageId: "img_01JD5S3W6Z9QF3V2N8XK4T7B1D",
      upload: {
        url: "https://media.example.org/",
        method: "POST",
        fields: { key: "incoming/…", "Content-Type": "image/jpeg", Policy: "…" },
      },
    },
  },
  run: (ctx, { body }) => announceUpload(ctx, libraryDeps(), body),
  async view(image) {
    const upload = await libraryDeps().media.uploadForm(
      paths.incoming(image.workspaceId, image.id),
      image.declaredType ?? "image/png",
      image.declaredBytes ?? limits.maxBytes,
    );
    return { body: { imageId: image.id, upload }, location: `/v1/images/${image.id}` };
  },
});
