import { budgetProblems } from "@atelier/core/budgets";
import { problems } from "@atelier/core/kernel";
import { imageStore } from "@atelier/core/library";
import { safetyProblems } from "@atelier/core/safety";
import { type Description, DescriptionsRequest, describeImage as describe, type Written, writingProblems } from "@atelier/core/writing";
import * as z from "zod";
import { table } from "../../clients.ts";
import { safety } from "../../safety.ts";
import { writingDeps } from "../../writing.ts";
import { operation } from "../operation.ts";
import { IdParams, text } from "../schemas.ts";
import { exampleWriter, Writer, writerOf } from "./schemas.ts";

const Suggestion = z
  .object({ title: text(80), altText: text(200), caption: text(500), writer: z.object(Writer) })
  .meta({ id: "Suggestion" });

const suggestionBody = (written: Written<Description>) => {
  const { title, altText, caption } = written.value ?? { title: "", altText: "", caption: "" };
  return { title, altText, caption, writer: writerOf(written) };
};

export const describeImage = operation({
  id: "describeImage",
  method: "POST",
  path: "/v1/images/{id}/descriptions",
  area: "Texts",
  summary: "Suggest a title, an alt text and a caption for an image",
  description:
    "From how it was made: its words, style, tags and category. The picture itself is not looked at, and nothing is written to it. What is known is judged first, like any words: what you want to keep, you write into a post.",
  auth: "user",
  status: 200,
  params: IdParams,
  body: DescriptionsRequest,
  response: Suggestion,
  problems: [problems.notFound, ...Object.values(writingProblems), budgetProblems.spent, ...Object.values(safetyProblems)],
  example: {
    body: { language: "en" },
    response: {
      title: "Harbour at dawn",
      altText: "A quiet harbour in the first light, fishing boats at their moorings.",
      caption: "The harbour before anybody is up.",
      writer: exampleWriter,
    },
  },
  run: async (ctx, { params, body }) =>
    describe(ctx, { ...(await writingDeps()), images: imageStore(table()), safety: safety() }, params.id, body),
  view: (written) => ({ body: suggestionBody(written) }),
});
