import { planExamples } from "@atelier/core/plans";
import * as z from "zod";
import { operation } from "../operation.ts";
import { text } from "../schemas.ts";

const Example = z
  .object({
    key: text(40),
    title: text(120),
    description: text(1_000),
    plan: z.looseObject({ name: text(120) }).describe("The body of a `POST /v1/plans`."),
  })
  .meta({ id: "PlanExample" });

export const listPlanExamples = operation({
  id: "listPlanExamples",
  method: "GET",
  path: "/v1/plans/examples",
  area: "Generation",
  summary: "Plans to begin with",
  description: "Each can be sent as it is, or with another zone, other words, other days.",
  auth: "user",
  status: 200,
  response: z.object({ items: z.array(Example).max(100) }),
  problems: [],
  example: { response: { items: planExamples.slice(0, 1) } },
  run: async () => planExamples,
  view: (items) => ({ body: { items: [...items] } }),
});
