import type { Stack } from "aws-cdk-lib";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowProviderSettings, allowTable, providerSettingsPath } from "./permissions.ts";

/** From a plan that is due to the generations that it asks for, and from their ends and reviews back to the plan. */
export function plans(stack: Stack, config: Config, data: Data, { queue, route, consume }: Messaging) {
  const timeoutSeconds = 60;
  const due = queue("RunPlansQueue", timeoutSeconds);
  const decided = ["approved", "rejected", "changes-requested", "held", "deleted", "edited", "restored"].map(
    (decision) => `library.image.${decision}`,
  );
  const ended = ["succeeded", "failed", "refused", "canceled"].map((state) => `generation.job.${state}`);
  // What no plan has asked for costs no message.
  const ofPlan = { data: { planId: [{ exists: true }] } };
  route("PlanBegun", ["plans.quota.begun"], due);
  route("PlanImageReviewed", decided, due, ofPlan);
  route("PlanGenerationEnded", ended, due, ofPlan);
  const run = lambda(stack, "RunPlans", {
    entry: "packages/functions/src/queue/run-plans.ts",
    memoryMb: 512,
    timeoutSeconds,
    environment: {
      TABLE: data.table.tableName,
      MATURE_CONTENT: config.matureContent,
      SAFETY_MODEL: config.safetyModel,
      PROVIDER_SETTINGS_PATH: providerSettingsPath(config),
    },
    localConcurrency: 4,
    localProcess: "workers",
  });
  consume(run, due, { batchSize: 1 });
  allowTable(run, data, "read", "write", "byState", "batch");
  allowProviderSettings(run, config);
  return { due };
}
export type Plans = ReturnType<typeof plans>;
