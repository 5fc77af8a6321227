import type { Stack } from "aws-cdk-lib";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowTable } from "./permissions.ts";

/** What is told there: those that packages/core/src/history knows. Stacks import nothing of core; a test holds the two together. */
const acts: string[] = [
  ...["requested", "succeeded", "failed", "refused", "canceled"].map((state) => `generation.job.${state}`),
  ...["processed", "quarantined", "approved", "rejected", "changes-requested", "held", "edited", "deleted", "restored"].map(
    (what) => `library.image.${what}`,
  ),
  ...["published", "partly-published"].map((state) => `publishing.post.${state}`),
];

/** From the news of generations, images and posts to the history of their workspace. */
export function history(stack: Stack, data: Data, { queue, route, consume }: Messaging): void {
  const timeoutSeconds = 20;
  const news = queue("KeepHistoryQueue", timeoutSeconds);
  route("Happened", acts, news);
  const keep = lambda(stack, "KeepHistory", {
    entry: "packages/functions/src/queue/keep-history.ts",
    memoryMb: 512,
    timeoutSeconds,
    environment: { TABLE: data.table.tableName },
    localConcurrency: 8,
    localProcess: "workers",
  });
  consume(keep, news);
  allowTable(keep, data, "write");
}
