import { problems } from "@atelier/core/kernel";
import { addVersion, promptProblems, VersionRequest } from "@atelier/core/prompts";
import { safetyProblems } from "@atelier/core/safety";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleContent, exampleVersion, TemplateVersion, versionBody } from "./schemas.ts";

export const addTemplateVersion = operation({
  id: "addTemplateVersion",
  method: "POST",
  path: "/v1/templates/{id}/versions",
  area: "Generation",
  summary: "Write another version of a template",
  description: "It gets the next number. No label moves: what is in production stays there until you say so.",
  auth: "user",
  status: 201,
  idempotent: true,
  params: IdParams,
  body: VersionRequest,
  response: TemplateVersion,
  problems: [problems.notFound, promptProblems.readOnly, ...Object.values(safetyProblems)],
  example: { body: { ...exampleContent, note: exampleVersion.note }, response: exampleVersion },
  run: (ctx, { params, body }) => addVersion(ctx, prompts(), params.id, body),
  view: (version) => ({ body: versionBody(version) }),
});
