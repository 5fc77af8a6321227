import { problems } from "@atelier/core/kernel";
import { CopyRequest, copyTemplate as copy } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { IdParams } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { exampleTemplate, Template, templateBody } from "./schemas.ts";

export const copyTemplate = operation({
  id: "copyTemplate",
  method: "POST",
  path: "/v1/templates/{id}/copies",
  area: "Generation",
  summary: "Make a template of your own from another, shipped or yours",
  description: "It begins with the words of the version that you name, or of the one in production.",
  auth: "user",
  status: 201,
  idempotent: true,
  params: IdParams,
  body: CopyRequest,
  response: Template,
  headers: ["ETag", "Location"],
  problems: [problems.notFound],
  example: {
    body: { name: "Our own harbour" },
    response: {
      ...exampleTemplate,
      name: "Our own harbour",
      latestVersion: 1,
      labels: { production: 1 },
      copiedFrom: { id: "tpl_0000000000Z9QF3V2N8XK4T7B2", version: 1 },
      version: 1,
    },
  },
  run: (ctx, { params, body }) => copy(ctx, prompts(), params.id, body),
  view: (template) => ({ body: templateBody(template), version: template.version, location: `/v1/templates/${template.id}` }),
});
