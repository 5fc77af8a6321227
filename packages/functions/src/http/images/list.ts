import { problems } from "@atelier/core/kernel";
import { imageStates, list } from "@atelier/core/library";
import * as z from "zod";
import { operation } from "../operation.ts";
import { PageQuery, pageOf } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageBody } from "./schemas.ts";

const moment = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((text) => Date.parse(text));

export const listImages = operation({
  id: "listImages",
  method: "GET",
  path: "/v1/images",
  area: "Library",
  summary: "Your workspace's images, newest first",
  description:
    "Filters other than `state`, `from` and `to` can make a page shorter than `limit`, even empty; go on while there is a `nextCursor`.",
  auth: "user",
  status: 200,
  query: PageQuery.extend({
    state: z.enum(imageStates).optional(),
    tag: z.string().max(40).optional().describe("Given by people, or found by itself."),
    category: z.string().max(60).optional(),
    folder: z.string().max(64).optional().describe("Id of the folder that they lie in; not those within it."),
    model: z.string().max(120).optional(),
    q: z.string().max(200).optional().describe("Words of the prompt or the file name."),
    from: moment.optional().describe("Made at or after."),
    to: moment.optional().describe("Made at or before."),
    posted: z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .optional(),
  }),
  response: pageOf(Image),
  problems: [problems.badCursor],
  example: { response: { items: [{ ...exampleImage, urls: { thumbnail: exampleImage.urls.thumbnail } }], nextCursor: null } },
  run: (ctx, { query }) => list(ctx, libraryDeps(), query),
  view: async (page) => ({
    body: { items: await Promise.all(page.items.map((image) => imageBody(image, "thumbnail"))), nextCursor: page.nextCursor },
  }),
});
