import { catalogue } from "@atelier/core/generation";
import * as z from "zod";
import { operation } from "../operation.ts";

const Model = z
  .object({
    provider: z.string(),
    model: z.string(),
    kind: z.enum(["image", "text", "edit"]),
    title: z.string(),
    description: z.string(),
    capabilities: z.object({
      minSide: z.int(),
      maxSide: z.int(),
      sideStep: z.int(),
      maxPixels: z.int(),
      maxCount: z.int(),
      seed: z.boolean(),
      negativePrompt: z.boolean(),
      styles: z.array(z.string()),
    }),
    priceMicroUsd: z.int().describe("For one image; 1,000,000 is a dollar."),
    state: z.enum(["on", "off", "retired"]),
    why: z.string().optional().describe("Why it is not on."),
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
  response: z.object({ items: z.array(Model) }),
  problems: [],
  example: { response: { items: catalogue } },
  run: async () => ({
    items: catalogue.map((model) => ({ ...model, capabilities: { ...model.capabilities, styles: [...model.capabilities.styles] } })),
  }),
});
