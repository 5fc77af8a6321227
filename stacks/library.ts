import type { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import type { CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { nativePackages } from "./bundle.ts";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allowMedia, allowMissing, allowProviderSettings, allowSend, allowTable, providerSettingsPath } from "./permissions.ts";

/** Whatever arrives under `incoming/` is examined and made into renditions; storage events drive it. What can be seen in it, edits, and the end of what was deleted. */
export function library(stack: Stack, config: Config, data: Data, { queue, route, consume }: Messaging) {
  // What a provider has enlarged may have thirty million pixels.
  const timeoutSeconds = 60;
  const arrivals = queue("ProcessImageQueue", timeoutSeconds, 90);
  arrivals.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("s3.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [arrivals.queueArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
  // As the plain resource: the construct's own way is a custom resource with a function of its own.
  const bucket = data.media.node.defaultChild as CfnBucket;
  bucket.notificationConfiguration = {
    queueConfigurations: [
      {
        event: "s3:ObjectCreated:*",
        queue: arrivals.queueArn,
        filter: { s3Key: { rules: [{ name: "prefix", value: "incoming/" }] } },
      },
    ],
  };
  // S3 asks at once whether it may send.
  bucket.addResourceDependency(arrivals.node.findChild("Policy").node.defaultChild as CfnQueuePolicy);

  const process = lambda(stack, "ProcessImage", {
    entry: "packages/functions/src/queue/process-image.ts",
    memoryMb: 1769, // one whole vCPU: sharp uses all of it
    timeoutSeconds,
    environment: { TABLE: data.table.tableName, MEDIA_BUCKET: data.media.bucketName },
    nativeModules: nativePackages,
    localConcurrency: 8,
  });
  consume(process, arrivals, { batchSize: 1 });
  allowTable(process, data, "read", "write", "query");
  allowMedia(process, data, ["Get", "Delete"], "incoming/");
  allowMedia(process, data, ["Put", "Delete"], "images/");
  allowMissing(process, data);

  // The heaviest edit that is taken needs some two minutes of one vCPU (`mostPixelsTogether`).
  const editTimeoutSeconds = 180;
  const edits = queue("EditImageQueue", editTimeoutSeconds, 270);
  route("EditRequested", ["library.edit.requested"], edits);
  const edit = lambda(stack, "EditImage", {
    entry: "packages/functions/src/queue/edit-image.ts",
    memoryMb: 1769,
    timeoutSeconds: editTimeoutSeconds,
    environment: { TABLE: data.table.tableName, MEDIA_BUCKET: data.media.bucketName },
    nativeModules: nativePackages,
    localConcurrency: 4,
  });
  consume(edit, edits, { batchSize: 1 });
  allowTable(edit, data, "read", "write", "query");
  allowMedia(edit, data, ["Get", "Put", "Delete"], "images/");
  allowMissing(edit, data);

  // A model has 15 seconds, and the book, the bucket and a busy table some more.
  const lookTimeoutSeconds = 60;
  const looks = queue("LookAtImageQueue", lookTimeoutSeconds);
  route("ImageReady", ["library.image.processed"], looks);
  const look = lambda(stack, "LookAtImage", {
    entry: "packages/functions/src/queue/look-at-image.ts",
    memoryMb: 512,
    timeoutSeconds: lookTimeoutSeconds,
    environment: {
      TABLE: data.table.tableName,
      MEDIA_BUCKET: data.media.bucketName,
      LOOK_QUEUE_URL: looks.queueUrl,
      VISION_MODEL: config.visionModel,
      PROVIDER_SETTINGS_PATH: providerSettingsPath(config),
    },
    localConcurrency: 2,
    localProcess: "workers",
  });
  // Nearly all of a look is waiting, so one process has ten at once; two of them are half of a provider's places for it.
  consume(look, looks, { maxConcurrency: 2 });
  allowTable(look, data, "read", "write");
  allowMedia(look, data, ["Get"], "images/");
  allowMissing(look, data);
  allowSend(look, looks);
  allowProviderSettings(look, config);

  const emptyTimeoutSeconds = 30;
  const trash = queue("EmptyTrashQueue", emptyTimeoutSeconds);
  const empty = lambda(stack, "EmptyTrash", {
    entry: "packages/functions/src/queue/empty-trash.ts",
    memoryMb: 512,
    timeoutSeconds: emptyTimeoutSeconds,
    environment: { TABLE: data.table.tableName, MEDIA_BUCKET: data.media.bucketName },
    localConcurrency: 4,
    localProcess: "workers",
  });
  consume(empty, trash);
  allowTable(empty, data, "read", "write", "query");
  allowMedia(empty, data, ["Delete"], "images/");
  return { trash };
}
export type Library = ReturnType<typeof library>;
