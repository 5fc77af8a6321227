import { countTags, mostCards, mostTagCounts } from "@atelier/core/library";
import * as z from "zod";
import { operation } from "../operation.ts";
import { Amount, text } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

export const listTags = operation({
  id: "listTags",
  method: "GET",
  path: "/v1/images/tags",
  area: "Library",
  summary: "Tags with the number of images that have them",
  description: `The ${mostTagCounts} most used. The latest ${mostCards} images are counted; \`complete\` says whether those are all. What is in the trash does not count.`,
  auth: "user",
  status: 200,
  response: z.object({
    items: z
      .array(z.object({ tag: text(40), count: Amount.describe("Given by people."), automatic: Amount.describe("Only found by itself.") }))
      .max(mostTagCounts),
    looked: Amount,
    complete: z.boolean(),
  }),
  problems: [],
  example: { response: { items: [{ tag: "harbour", count: 12, automatic: 30 }], looked: 812, complete: true } },
  run: (ctx) => countTags(ctx, libraryDeps()),
});
