import { createTemplate as create, TemplateRequest } from "@atelier/core/prompts";
import { safetyProblems } from "@atelier/core/safety";
import { operation } from "../operation.ts";
import { prompts } from "./deps.ts";
import { exampleContent, exampleTemplate, Template, templateBody } from "./schemas.ts";

export const createTemplate = operation({
  id: "createTemplate",
  method: "POST",
  path: "/v1/templates",
  area: "Generation",
  summary: "Write a template",
  description: "Its words become version 1, labelled `production`. Variables stand in braces in the text and the negative prompt.",
  auth: "user",
  status: 201,
  idempotent: true,
  body: TemplateRequest,
  response: Template,
  headers: ["ETag", "Location"],
  problems: Object.values(safetyProblems),
  example: {
    body: { name: "Harbour", description: "Our harbour at any hour.", category: "landscape", ...exampleContent },
    response: { ...exampleTemplate, latestVersion: 1, labels: { production: 1 }, version: 1 },
  },
  run: (ctx, { body }) => create(ctx, prompts(), body),
  view: (template) => ({ body: templateBody(template), version: template.version, location: `/v1/templates/${template.id}` }),
});
