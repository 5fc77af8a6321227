import { budgetProblems } from "@atelier/core/budgets";
import { safetyProblems } from "@atelier/core/safety";
import { compose, TextsRequest, writingProblems } from "@atelier/core/writing";
import { safety } from "../../safety.ts";
import { writingDeps } from "../../writing.ts";
import { operation } from "../operation.ts";
import { exampleWriter, Text, textBody } from "./schemas.ts";

const { modelUnavailable, refused, unfit, failed, late } = writingProblems;

export const writeText = operation({
  id: "writeText",
  method: "POST",
  path: "/v1/texts",
  area: "Texts",
  summary: "Have a model of text write something",
  description:
    "The models that are named are asked in their order; else those that are on, the cheapest first, and at the end the built-in one, which picks sentences from your own words and costs nothing. The answer comes whole, within half a minute.",
  auth: "user",
  status: 200,
  idempotent: true,
  body: TextsRequest,
  response: Text,
  problems: [modelUnavailable, refused, unfit, failed, late, budgetProblems.spent, ...Object.values(safetyProblems)],
  example: {
    body: { purpose: "caption", prompt: "Write one sentence about a quiet harbour at dawn.", maxTokens: 100 },
    response: { text: "The harbour holds its breath while the first light finds the boats.", ...exampleWriter, cut: false },
  },
  run: async (ctx, { body }) => compose(ctx, { ...(await writingDeps()), safety: safety() }, body),
  view: (written) => ({ body: textBody(written) }),
});
