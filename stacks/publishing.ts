import { Duration, type Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { Data } from "./data.ts";
import type { Generation } from "./generation.ts";
import type { Api } from "./http.ts";
import { lambda } from "./lambda.ts";
import type { Library } from "./library.ts";
import type { Messaging } from "./messaging.ts";
import { allowMedia, allowSend, allowTable } from "./permissions.ts";
import type { Plans } from "./plans.ts";

/** From a scheduled post to a published one, to the second. */
export function publishing(
  stack: Stack,
  data: Data,
  { queue, route, consume, ruleFailures }: Messaging,
  { publicUrl }: Api,
  { requests }: Generation,
  planned: Plans,
  { trash }: Library,
) {
  const publishTimeoutSeconds = 60;
  const due = queue("PublishPostQueue", publishTimeoutSeconds);
  route("PostDue", ["publishing.post.due-soon"], due);
  const publish = lambda(stack, "PublishPost", {
    entry: "packages/functions/src/queue/publish-post.ts",
    memoryMb: 512,
    timeoutSeconds: publishTimeoutSeconds,
    environment: {
      TABLE: data.table.tableName,
      MEDIA_BUCKET: data.media.bucketName,
      PUBLIC_URL: publicUrl,
      PUBLISH_QUEUE_URL: due.queueUrl,
    },
    localConcurrency: 64,
  });
  // One message an invocation: a worker waits out the last second of its post.
  consume(publish, due, { batchSize: 1, maxConcurrency: 100 });
  allowTable(publish, data, "read", "write", "batch");
  allowMedia(publish, data, ["Get"], "images/");
  allowMedia(publish, data, ["Put"], "public/");
  allowSend(publish, due);

  const dispatch = lambda(stack, "DispatchDue", {
    entry: "packages/functions/src/schedule/dispatch-due.ts",
    memoryMb: 512,
    timeoutSeconds: 50,
    environment: {
      TABLE: data.table.tableName,
      PUBLISH_QUEUE_URL: due.queueUrl,
      RENDER_QUEUE_URL: requests.queueUrl,
      PLANS_QUEUE_URL: planned.due.queueUrl,
      TRASH_QUEUE_URL: trash.queueUrl,
    },
    localProcess: "workers",
  });
  allowTable(dispatch, data, "due", "write");
  allowSend(dispatch, due);
  allowSend(dispatch, requests);
  allowSend(dispatch, planned.due);
  allowSend(dispatch, trash);
  new Rule(stack, "EveryMinute", {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(dispatch, { deadLetterQueue: ruleFailures, retryAttempts: 2, maxEventAge: Duration.minutes(2) })],
  });

  const followTimeoutSeconds = 20;
  const news = queue("FollowPostsQueue", followTimeoutSeconds);
  // Keeps images and posts in step: what shows a withdrawn image is blocked, what has gone out is marked.
  route("ImageWithdrawn", ["library.image.rejected", "library.image.deleted", "library.image.edited"], news);
  route("PostPublished", ["publishing.post.published", "publishing.post.partly-published"], news);
  const follow = lambda(stack, "FollowPosts", {
    entry: "packages/functions/src/queue/follow-posts.ts",
    memoryMb: 512,
    timeoutSeconds: followTimeoutSeconds,
    environment: { TABLE: data.table.tableName },
    localConcurrency: 8,
    localProcess: "workers",
  });
  consume(follow, news);
  allowTable(follow, data, "read", "write", "query", "batch");
}
