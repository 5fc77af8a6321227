import { catalogue } from "@atelier/core/generation";
import * as z from "zod";
import { operation } from "../operation.ts";
import { Amount, text } from "../schemas.ts";

const Model = z
  .object({
    provider: text(60),
    model: text(120),
    kind: z.enum(["image", "text", "edit"]),
    title: text(120),
    description: text(2_000),
    capabilities: z.object({
      minSide: Amount,
      maxSide: Amount,
      sideStep: Amount,
      maxPixels: Amount,
      maxCount: Amount,
      seed: z.boolean(),
      negativePrompt: z.boolean(),
      styles: z.array(text(60)).max(100),
    }),
    priceMicroUsd: Amount.describe("For one image; 1,000,000 is a dollar."),
    state: z.enum(["on", "off", "retired"]),
    why: text(2_000).optional().describe("Why it is not on."),
  })
  .meta({ id: "Model" });

export const listModels = operation({
  id: "listModels",
  method: "GET",
  path: "/v1/models",
  area: "Generation",
  summary: "The catalogue of models, with what each can do and costs",
  auth: "user",
  status: 200,
  response: z.object({ items: z.array(Model).max(1_000) }),
  problems: [],
  example: { response: { items: catalogue } },
  run: async () => ({
    items: catalogue.map((model) => ({ ...model, capabilities: { ...model.capabilities, styles: [...model.capabilities.styles] } })),
  }),
});
