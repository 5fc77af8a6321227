import { BulkRequest, changeMany, mostAtOnce } from "@atelier/core/library";
import * as z from "zod";
import { operation } from "../operation.ts";
import { Trouble, text } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

export const changeManyImages = operation({
  id: "changeManyImages",
  method: "POST",
  path: "/v1/images/bulk",
  area: "Library",
  summary: "Do the same to many images",
  description: `Up to ${mostAtOnce} images: tag, untag, star, move to a folder, delete, restore, approve or reject. Each is done by itself, and its outcome is told: what one refuses holds up no other. A repeat finds what is done \`unchanged\`.`,
  auth: "user",
  status: 200,
  body: BulkRequest,
  response: z.object({
    items: z
      .array(z.object({ imageId: text(64), outcome: z.enum(["done", "unchanged", "refused"]), problem: Trouble.optional() }))
      .max(mostAtOnce)
      .describe("In the order of the request."),
  }),
  problems: [],
  example: {
    body: { imageIds: ["img_01JD5S3W6Z9QF3V2N8XK4T7B1D"], change: { action: "tag", tags: ["harbour"] } },
    response: { items: [{ imageId: "img_01JD5S3W6Z9QF3V2N8XK4T7B1D", outcome: "done" }] },
  },
  run: async (ctx, { body }) => ({ items: await changeMany(ctx, libraryDeps(), body) }),
});
