import { Duration, type Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowMedia, allowSend, allowTable } from "./permissions.ts";

/** From a scheduled post to a published one, to the second. */
export function publishing(stack: Stack, data: Data, { queue, route, consume, ruleFailures }: Messaging) {
  const environment = { TABLE: data.table.tableName, MEDIA_BUCKET: data.media.bucketName };
  const publishTimeoutSeconds = 60;
  const due = queue("PublishPostQueue", publishTimeoutSeconds);
  route("PostDue", ["publishing.post.due-soon"], due);
  const publish = lambda(stack, "PublishPost", {
    entry: "packages/functions/src/queue/publish-post.ts",
    memoryMb: 512,
    timeoutSeconds: publishTimeoutSeconds,
    environment: { ...environment, PUBLISH_QUEUE_URL: due.queueUrl },
    localConcurrency: 16,
  });
  // One message an invocation: a worker waits out the last second of its post.
  consume(publish, due, { batchSize: 1, maxConcurrency: 100 });
  allowTable(publish, data, "read", "write", "batch");
  allowMedia(publish, data, ["Get"], "images/");
  allowMedia(publish, data, ["Put", "Delete"], "public/");
  allowSend(publish, due);

  const dispatch = lambda(stack, "DispatchDue", {
    entry: "packages/functions/src/schedule/dispatch-due.ts",
    memoryMb: 512,
    timeoutSeconds: 50,
    environment: { TABLE: data.table.tableName, PUBLISH_QUEUE_URL: due.queueUrl },
  });
  allowTable(dispatch, data, "due");
  allowSend(dispatch, due);
  new Rule(stack, "EveryMinute", {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(dispatch, { deadLetterQueue: ruleFailures, retryAttempts: 2, maxEventAge: Duration.minutes(2) })],
  });

  const blockTimeoutSeconds = 20;
  const withdrawn = queue("BlockPostsQueue", blockTimeoutSeconds);
  route("ImageWithdrawn", ["library.image.rejected", "library.image.deleted"], withdrawn);
  const block = lambda(stack, "BlockPosts", {
    entry: "packages/functions/src/queue/block-posts.ts",
    memoryMb: 512,
    timeoutSeconds: blockTimeoutSeconds,
    environment: { TABLE: data.table.tableName },
  });
  consume(block, withdrawn);
  allowTable(block, data, "read", "write", "query");
}
