import { problems } from "@atelier/core/kernel";
import { alikeWithin, mostAlike, mostCards, similar } from "@atelier/core/library";
import * as z from "zod";
import { operation } from "../operation.ts";
import { Amount, IdParams } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";
import { exampleImage, Image, imageBody } from "./schemas.ts";

export const findSimilar = operation({
  id: "findSimilar",
  method: "GET",
  path: "/v1/images/{id}/similar",
  area: "Library",
  summary: "Images that look like this one, the most alike first",
  description: `Compares perceptual hashes: the same picture scaled, encoded anew, brightened or cut a little is found. \`distance\` is in how many of 64 bits two hashes differ. The latest ${mostCards} images are compared, and at most ${mostAlike} are told; \`complete\` says whether those were all that there are.`,
  auth: "user",
  status: 200,
  params: IdParams,
  query: z.strictObject({
    within: z.coerce.number().int().min(0).max(20).optional().describe(`The greatest distance; ${alikeWithin} if it is left out.`),
  }),
  response: z.object({
    items: z.array(z.object({ distance: Amount.max(64), image: Image })).max(mostAlike),
    looked: Amount.describe("Images that were compared."),
    complete: z.boolean(),
  }),
  problems: [problems.notFound],
  example: {
    response: {
      items: [{ distance: 4, image: { ...exampleImage, urls: { thumbnail: exampleImage.urls.thumbnail } } }],
      looked: 812,
      complete: true,
    },
  },
  run: (ctx, { params, query }) => similar(ctx, libraryDeps(), params.id, query),
  view: async ({ items, ...looked }) => ({
    body: {
      items: await Promise.all(items.map(async ({ distance, image }) => ({ distance, image: await imageBody(image, "thumbnail") }))),
      ...looked,
    },
  }),
});
