import { area } from "./pipeline.ts";
import { getPlanCalendar } from "./plans/calendar.ts";
import { changePlan } from "./plans/change.ts";
import { createPlan } from "./plans/create.ts";
import { getPlan } from "./plans/get.ts";
import { listPlans } from "./plans/list.ts";
import { listPlanExamples } from "./plans/list-examples.ts";
import { listPlanRuns } from "./plans/list-runs.ts";
import { previewPlan } from "./plans/preview.ts";
import { removePlan } from "./plans/remove.ts";

export const operations = [
  listPlans,
  createPlan,
  listPlanExamples,
  previewPlan,
  getPlan,
  changePlan,
  removePlan,
  listPlanRuns,
  getPlanCalendar,
];

export const handler = area("plans", operations);
