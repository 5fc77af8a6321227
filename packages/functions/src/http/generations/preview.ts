import { generationProblems, orderedFor, quote } from "@atelier/core/generation";
import { PreviewRequest, preview, promptProblems } from "@atelier/core/prompts";
import * as z from "zod";
import { catalogue } from "../../provider-settings.ts";
import { operation } from "../operation.ts";
import { Amount, idOf, text } from "../schemas.ts";
import { prompts } from "../templates/deps.ts";
import { orders } from "./deps.ts";

const number = z.int().min(-1_000_000_000).max(1_000_000_000);

const Preview = z
  .object({
    count: Amount.describe("Variations: each is one generation."),
    images: Amount.describe("Pictures in all."),
    costMicroUsd: Amount.describe("Of all of them, at the catalogue's price."),
    provider: text(60),
    model: text(120),
    template: z.object({ id: idOf("tpl"), version: z.int().min(1) }).optional(),
    items: z
      .array(
        z.object({
          prompt: text(10_000),
          negativePrompt: text(10_000).optional(),
          variables: z.record(text(40), z.union([text(1_000), number])).optional(),
        }),
      )
      .max(100)
      .describe("The first of them, always in the same order. Each can be sent as a generation of its own."),
  })
  .meta({ id: "Preview" });

export const previewGeneration = operation({
  id: "previewGeneration",
  method: "POST",
  path: "/v1/generations/preview",
  area: "Generation",
  summary: "See what variations would be made, and what they would cost",
  description:
    "Write `{red|blue}` in a prompt for either, or give several values for a template's variables. Each value is combined with each other. Nothing is made.",
  auth: "user",
  status: 200,
  body: PreviewRequest,
  response: Preview,
  problems: [generationProblems.modelUnavailable, promptProblems.tooManyVariations],
  example: {
    body: { prompt: "a {red|blue} boat at {dawn|dusk}", count: 2 },
    response: {
      count: 4,
      images: 8,
      costMicroUsd: 0,
      provider: "sketch",
      model: "sketch-1",
      items: ["a red boat at dawn", "a red boat at dusk", "a blue boat at dawn", "a blue boat at dusk"].map((prompt) => ({ prompt })),
    },
  },
  async run(ctx, { body }) {
    const offered = await orderedFor(ctx, { orders: orders(), catalogue: await catalogue() }, body);
    return preview(ctx, { ...prompts(), quote: (request) => quote(ctx, request, offered) }, body);
  },
});
