import { problems } from "@atelier/core/kernel";
import { compareVersions } from "@atelier/core/prompts";
import * as z from "zod";
import { operation } from "../operation.ts";
import { IdParams, text } from "../schemas.ts";
import { prompts } from "./deps.ts";
import { VersionNumber } from "./schemas.ts";

const number = z.coerce.number().int().min(1).max(1_000_000);
const Changes = z.array(z.object({ kind: z.enum(["same", "removed", "added"]), text: text(4_000) })).max(8_000);
const Names = z.array(z.object({ name: text(40), kind: z.enum(["removed", "added", "changed"]) })).max(40);

export const compareTemplateVersions = operation({
  id: "compareTemplateVersions",
  method: "GET",
  path: "/v1/templates/{id}/versions/{from}/diff/{to}",
  area: "Generation",
  summary: "What has changed between two versions of a template",
  description: "Texts are told word by word: all that is `same` or `removed` is the older one, all that is `same` or `added` the newer.",
  auth: "user",
  status: 200,
  params: IdParams.extend({ from: number, to: number }),
  response: z.object({
    from: VersionNumber,
    to: VersionNumber,
    text: Changes,
    negativePrompt: Changes,
    variables: Names,
    parameters: Names,
  }),
  problems: [problems.notFound],
  example: {
    response: {
      from: 1,
      to: 2,
      text: [
        { kind: "same", text: "{medium} of a harbour at {hour}" },
        { kind: "added", text: ", boats at their moorings" },
      ],
      negativePrompt: [{ kind: "same", text: "people, text" }],
      variables: [],
      parameters: [{ name: "quality", kind: "changed" }],
    },
  },
  run: (ctx, { params }) => compareVersions(ctx, prompts(), params),
});
