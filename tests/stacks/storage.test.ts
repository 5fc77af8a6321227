import { describe, expect, test } from "vitest";
import { idOf, nameOf, ofType, type PolicyDocument, type Reference, readable, resourcesOf } from "./resources.ts";

const resources = resourcesOf();
const buckets = ofType(resources, "AWS::S3::Bucket");
const [table] = Object.values(ofType(resources, "AWS::DynamoDB::Table"));

describe.each(Object.keys(buckets))("bucket %s", (id) => {
  const bucket = buckets[id];
  const policy = Object.values(ofType<{ Bucket: Reference; PolicyDocument: PolicyDocument }>(resources, "AWS::S3::BucketPolicy")).find(
    ({ Properties }) => idOf(Properties.Bucket) === id,
  );

  test("blocks public access in all four ways, and access-control lists with it", () => {
    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket?.Properties.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
    expect(bucket?.Properties).not.toHaveProperty("AccessControl");
  });

  test("encrypts what it keeps", () => {
    expect(bucket?.Properties.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    });
  });

  test("refuses every request without TLS", () => {
    const denial = policy?.Properties.PolicyDocument.Statement.find(({ Effect }) => Effect === "Deny");
    expect(denial).toMatchObject({ Action: "s3:*", Principal: { AWS: "*" }, Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect([denial?.Resource].flat().map((resource) => readable(resource ?? ""))).toEqual([nameOf(id), `${nameOf(id)}/*`]);
  });

  test("opens itself in its policy to nobody but a named service of this account", () => {
    for (const { Effect, Principal, Condition } of policy?.Properties.PolicyDocument.Statement ?? []) {
      if (Effect === "Deny") continue;
      expect(Principal).toEqual({ Service: "logging.s3.amazonaws.com" });
      expect(Condition?.StringEquals).toEqual({ "aws:SourceAccount": { Ref: "AWS::AccountId" } });
    }
  });

  test("gives up uploads that were never finished", () => {
    expect(JSON.stringify(bucket?.Properties.LifecycleConfiguration)).toContain(
      '"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1}',
    );
  });
});

test("who read which image is written down, in a bucket that no function reaches", () => {
  const media = Object.entries(buckets).find(([id]) => nameOf(id) === "Media")?.[1];
  expect(media?.Properties.LoggingConfiguration).toMatchObject({
    DestinationBucketName: { Ref: expect.stringMatching(/^MediaAccessLogs/) },
  });
  const named = Object.values(ofType(resources, "AWS::IAM::Policy")).map(({ Properties }) => JSON.stringify(Properties));
  expect(named.filter((policy) => policy.includes("MediaAccessLogs"))).toEqual([]);
});

test("the table can be restored to any second, is encrypted, forgets what has expired, and tells old and new of each change", () => {
  expect(table?.Properties).toMatchObject({
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    BillingMode: "PAY_PER_REQUEST",
  });
});

test("table, buckets and user pool outlive their stack", () => {
  for (const type of ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"]) {
    for (const resource of Object.values(ofType(resources, type))) {
      expect(resource).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  }
});

test("in production, table and user pool cannot be deleted by mistake", () => {
  const production = resourcesOf({ stage: "prod" });
  for (const { Properties } of Object.values(ofType(production, "AWS::DynamoDB::Table")))
    expect(Properties.DeletionProtectionEnabled).toBe(true);
  for (const { Properties } of Object.values(ofType(production, "AWS::Cognito::UserPool")))
    expect(Properties.DeletionProtection).toBe("ACTIVE");
});
