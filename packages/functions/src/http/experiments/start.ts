import { ExperimentRequest, promptProblems, startExperiment as start } from "@atelier/core/prompts";
import { operation } from "../operation.ts";
import { prompts } from "../templates/deps.ts";
import { Experiment, exampleExperiment, experimentBody } from "./schemas.ts";

export const startExperiment = operation({
  id: "startExperiment",
  method: "POST",
  path: "/v1/experiments",
  area: "Generation",
  summary: "Compare versions of a template by what reviewers say",
  description:
    "From now on the template's generations that name no version are shared among the arms by weight. It ends by itself once one version is better beyond doubt, or when you stop it.",
  auth: "user",
  status: 201,
  idempotent: true,
  body: ExperimentRequest,
  response: Experiment,
  headers: ["ETag", "Location"],
  problems: [promptProblems.readOnly, promptProblems.experimentRunning],
  example: {
    body: { name: "Boats or none", templateId: exampleExperiment.templateId, arms: exampleExperiment.arms },
    response: exampleExperiment,
  },
  run: (ctx, { body }) => start(ctx, prompts(), body),
  view: (experiment) => ({ body: experimentBody(experiment), version: experiment.version, location: `/v1/experiments/${experiment.id}` }),
});
