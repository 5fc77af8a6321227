import { problems } from "@atelier/core/kernel";
import { changeTemplate as change, promptProblems, TemplateChange } from "@atelier/core/prompts";
import { safetyProblems } from "@atelier/core/safety";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleTemplate, Template, templateView } from "./schemas.ts";

export const changeTemplate = operation({
  id: "changeTemplate",
  method: "PATCH",
  path: "/v1/templates/{id}",
  area: "Generation",
  summary: "Rename, describe or categorise a template",
  description: "Its words do not change: write another version.",
  auth: "user",
  status: 200,
  params: IdParams,
  body: TemplateChange,
  response: Template,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed, promptProblems.readOnly, ...Object.values(safetyProblems)],
  example: { body: { name: "Harbour, any hour" }, response: { ...exampleTemplate, name: "Harbour, any hour", version: 4 } },
  run: (ctx, { params, body }, { ifVersion }) => change(ctx, prompts(), params.id, body, ifVersion),
  view: templateView,
});
