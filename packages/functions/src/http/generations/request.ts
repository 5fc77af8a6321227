import { budgetProblems } from "@atelier/core/budgets";
import { generationProblems, orderedFor, request } from "@atelier/core/generation";
import { fill, PromptRequest } from "@atelier/core/prompts";
import { safetyProblems } from "@atelier/core/safety";
import { catalogue } from "../../provider-settings.ts";
import { safety } from "../../safety.ts";
import { budgets } from "../budgets/deps.ts";
import { operation } from "../operation.ts";
import { prompts } from "../templates/deps.ts";
import { jobs, orders } from "./deps.ts";
import { exampleGeneration, Generation, generationBody } from "./schemas.ts";

export const requestGeneration = operation({
  id: "requestGeneration",
  method: "POST",
  path: "/v1/generations",
  area: "Generation",
  summary: "Ask for images",
  description:
    "They are drawn in the background; look at the generation until its state is final. It has succeeded when its images are in review. The words are a prompt of your own, or a template with values for its variables.",
  auth: "user",
  status: 202,
  idempotent: true,
  body: PromptRequest,
  response: Generation,
  headers: ["ETag", "Location"],
  problems: [generationProblems.modelUnavailable, budgetProblems.spent, ...Object.values(safetyProblems)],
  example: {
    body: { prompt: "a quiet harbour at dawn", width: 1024, height: 768, seed: 7, tags: ["harbour"] },
    response: { ...exampleGeneration, state: "queued", progress: 0, attempts: [], version: 1 },
  },
  async run(ctx, { body }) {
    const filled = await fill(ctx, prompts(), body);
    const ordered = await orderedFor(ctx, { orders: orders(), catalogue: await catalogue() }, filled);
    return request(ctx, { jobs: jobs(), ...budgets(), safety: safety(), catalogue: ordered }, filled);
  },
  view: (job) => ({ body: generationBody(job), version: job.version, location: `/v1/generations/${job.id}` }),
});
