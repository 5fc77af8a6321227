import type { Stack } from "aws-cdk-lib";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allow, allowTable, identityArn } from "./permissions.ts";

/** From what has ended to the figures of its day, and to whoever should know. */
export function metrics(stack: Stack, config: Config, data: Data, { queue, route, consume }: Messaging): void {
  const timeoutSeconds = 20;
  const ended = queue("CountGenerationsQueue", timeoutSeconds);
  const states = ["succeeded", "failed", "refused", "canceled"].map((state) => `generation.job.${state}`);
  // An edit takes the decision back.
  const decided = ["approved", "rejected", "changes-requested", "held", "edited"].map((decision) => `library.image.${decision}`);
  route("GenerationEnded", states, ended);
  route("AttemptSettled", ["generation.attempt.settled"], ended);
  route("ImageReviewed", decided, ended);
  route("PeopleToBeTold", ["budgets.cap.reached", "metrics.alert.raised", "metrics.alert.resolved"], ended);
  const count = lambda(stack, "CountGenerations", {
    entry: "packages/functions/src/queue/count-generations.ts",
    memoryMb: 512,
    timeoutSeconds,
    environment: { TABLE: data.table.tableName, MAIL_FROM: config.mailFrom },
    // All of a workspace's day goes into one row.
    localConcurrency: 2,
    localProcess: "workers",
  });
  consume(count, ended, { maxConcurrency: 2 });
  allowTable(count, data, "read", "write", "query", "batch");
  allow(count, ["ses:SendEmail"], identityArn(count, config.mailFrom));
}
