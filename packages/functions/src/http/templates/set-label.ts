import { problems } from "@atelier/core/kernel";
import { LabelRequest, promptProblems, setLabel } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { Id, IdParams } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleTemplate, Template, templateView } from "./schemas.ts";

export const setTemplateLabel = operation({
  id: "setTemplateLabel",
  method: "PUT",
  path: "/v1/templates/{id}/labels/{label}",
  area: "Generation",
  summary: "Put a label on a version: `production` or `candidate`",
  description: "Back to an older version is a rollback: generations that name no version use it at once.",
  auth: "user",
  status: 200,
  params: IdParams.extend({ label: Id }),
  body: LabelRequest,
  response: Template,
  headers: ["ETag"],
  problems: [problems.notFound, problems.conflict, problems.preconditionFailed, promptProblems.readOnly],
  example: { body: { version: 1 }, response: exampleTemplate },
  run: (ctx, { params, body }, { ifVersion }) => setLabel(ctx, prompts(), params, body, ifVersion),
  view: templateView,
});
