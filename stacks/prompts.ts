import type { Stack } from "aws-cdk-lib";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowTable } from "./permissions.ts";

/** From a review to the figures of the template that made the image. */
export function prompts(stack: Stack, data: Data, { queue, route, consume }: Messaging): void {
  const timeoutSeconds = 20;
  const reviews = queue("CountOutcomesQueue", timeoutSeconds);
  // An edit takes the decision back.
  const decided = ["approved", "rejected", "changes-requested", "held", "edited"].map((decision) => `library.image.${decision}`);
  // Of images that no template made there is nothing to count: they cost no message.
  route("TemplateImageReviewed", decided, reviews, { data: { templateId: [{ exists: true }] } });
  const count = lambda(stack, "CountOutcomes", {
    entry: "packages/functions/src/queue/count-outcomes.ts",
    memoryMb: 512,
    timeoutSeconds,
    environment: { TABLE: data.table.tableName },
    localConcurrency: 8,
    localProcess: "workers",
  });
  consume(count, reviews);
  allowTable(count, data, "read", "write", "batch");
}
