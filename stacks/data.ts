import { Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Config } from "./config.ts";

/** Seconds for which a browser may keep the answer to a CORS preflight. */
const preflightSeconds = 3600;

/** The one table, and the one bucket of images. */
export function data(stack: Stack, config: Config) {
  const table = new Table(stack, "Table", {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: "expiresAt",
    deletionProtection: config.stage === "prod",
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // Named by the question they answer; all sparse.
  table.addGlobalSecondaryIndex({
    indexName: "byState",
    partitionKey: { name: "statePk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
  });
  table.addGlobalSecondaryIndex({
    indexName: "due",
    partitionKey: { name: "dueShard", type: AttributeType.STRING },
    sortKey: { name: "dueAt", type: AttributeType.NUMBER },
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ["version", "workspaceId", "id"],
  });

  // A few hundred bytes of each image, so that an overview of thousands reads one megabyte and not ten.
  table.addGlobalSecondaryIndex({
    indexName: "cards",
    partitionKey: { name: "cardPk", type: AttributeType.STRING },
    sortKey: { name: "sk", type: AttributeType.STRING },
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ["id", "state", "tags", "autoTags", "likeness"],
  });

  const media = new Bucket(stack, "Media", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    cors: [
      {
        allowedOrigins: config.corsOrigins,
        allowedMethods: [HttpMethods.GET, HttpMethods.POST],
        allowedHeaders: ["*"],
        exposedHeaders: ["ETag"],
        maxAge: preflightSeconds,
      },
    ],
    // What processing has taken over is removed by it; this catches what it could not read.
    lifecycleRules: [
      { id: "incoming", prefix: "incoming/", expiration: Duration.days(2), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  return { table, media };
}
export type Data = ReturnType<typeof data>;
