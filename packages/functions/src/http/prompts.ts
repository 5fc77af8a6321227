import { getExperiment } from "./experiments/get.ts";
import { listExperiments } from "./experiments/list.ts";
import { startExperiment } from "./experiments/start.ts";
import { stopExperiment } from "./experiments/stop.ts";
import { area } from "./pipeline.ts";
import { addTemplateVersion } from "./templates/add-version.ts";
import { changeTemplate } from "./templates/change.ts";
import { compareTemplateVersions } from "./templates/compare.ts";
import { copyTemplate } from "./templates/copy.ts";
import { createTemplate } from "./templates/create.ts";
import { getTemplate } from "./templates/get.ts";
import { listTemplates } from "./templates/list.ts";
import { listTemplateVersions } from "./templates/list-versions.ts";
import { setTemplateLabel } from "./templates/set-label.ts";

export const operations = [
  listTemplates,
  createTemplate,
  getTemplate,
  changeTemplate,
  copyTemplate,
  listTemplateVersions,
  addTemplateVersion,
  compareTemplateVersions,
  setTemplateLabel,
  listExperiments,
  startExperiment,
  getExperiment,
  stopExperiment,
];

export const handler = area("prompts", operations);
