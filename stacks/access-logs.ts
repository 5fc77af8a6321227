import { Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Data } from "./data.ts";

/** Who read which image: presigned reads go straight to S3, past the API and its log. Kept for 90 days. */
export function accessLogs(stack: Stack, { media }: Data): void {
  const logs = new Bucket(stack, "MediaAccessLogs", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ id: "old", expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
  const prefix = "media/";
  logs.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("logging.s3.amazonaws.com")],
      actions: ["s3:PutObject"],
      resources: [logs.arnForObjects(`${prefix}*`)],
      conditions: { ArnLike: { "aws:SourceArn": media.bucketArn }, StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
  // As the plain resource: the construct's own way opens the bucket to ACLs, which S3 has given up.
  const bucket = media.node.defaultChild as CfnBucket;
  bucket.loggingConfiguration = { destinationBucketName: logs.bucketName, logFilePrefix: prefix };
}
