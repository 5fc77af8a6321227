export type { Change, Difference } from "./diff.ts";
export type { ArmReport, Experiment, Report } from "./experiment.ts";
export { type Reported, reportExperiment, startExperiment, stopExperiment } from "./experiments.ts";
export { fill, filler } from "./fill.ts";
export { countOutcome } from "./outcomes.ts";
export { promptProblems } from "./problems.ts";
export {
  CopyRequest,
  category,
  ExperimentRequest,
  LabelRequest,
  PreviewRequest,
  PromptRequest,
  parameters,
  StandingPrompt,
  TemplateChange,
  TemplateRequest,
  VariableRequest,
  VersionRequest,
} from "./request.ts";
export { shippedCategories } from "./shipped.ts";
export type { Standing } from "./standing.ts";
export { promptStore } from "./store.dynamo.ts";
export type { PromptStore } from "./store.ts";
export type { Content, Template, TemplateVersion, Values, Variable } from "./template.ts";
export {
  addVersion,
  changeTemplate,
  compareVersions,
  copyTemplate,
  createTemplate,
  findTemplate,
  listTemplates,
  listVersions,
  lookAtTemplate,
  type PromptDeps,
  setLabel,
  type WordingDeps,
} from "./templates.ts";
export { mostVariations, type Preview, preview, type Variation } from "./variations.ts";
