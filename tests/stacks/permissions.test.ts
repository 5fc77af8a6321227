import { expect, test } from "vitest";
import { list, nameOf, ofType, type PolicyDocument, type Reference, readable, resourcesOf } from "./resources.ts";

const resources = resourcesOf();

/** What every function may do: write its own log (named by the function), and be traced. X-Ray's actions know no resources. */
const everywhere = ["logs:CreateLogStream", "logs:PutLogEvents"];
const traced = ["xray:PutTelemetryRecords on *", "xray:PutTraceSegments on *"];

const consumer = (queue: string) =>
  ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"].map(
    (action) => `sqs:${action} on ${queue}`,
  );
const read = ["dynamodb:GetItem on Table"];
const write = ["dynamodb:PutItem on Table", "dynamodb:UpdateItem on Table"];
const query = ["dynamodb:Query on Table"];
const byState = ["dynamodb:Query on Table/index/byState"];
const providerSettings = ["ssm:GetParametersByPath on arn:<Partition>:ssm:eu-west-1:<AccountId>:parameter/atelier/dev/providers"];
const batch = ["dynamodb:BatchGetItem on Table"];

/** Beside its log and traces, all that each function may do. Whoever adds a permission has to say so here. */
const allowed: Record<string, string[]> = {
  RelayEvents: [
    "events:PutEvents on Bus",
    "dynamodb:DescribeStream on Table.StreamArn",
    "dynamodb:GetRecords on Table.StreamArn",
    "dynamodb:GetShardIterator on Table.StreamArn",
    // What Lambda reads the stream with; the action takes no stream.
    "dynamodb:ListStreams on *",
    "sqs:GetQueueAttributes on RelayFailures",
    "sqs:GetQueueUrl on RelayFailures",
    "sqs:SendMessage on RelayFailures",
  ],
  RenderImage: [
    ...consumer("RenderImageQueue"),
    ...read,
    ...write,
    ...batch,
    "s3:GetObject on Media/images/*",
    "s3:PutObject on Media/incoming/*",
    "s3:ListBucket on Media",
    "sqs:SendMessage on RenderImageQueue",
    ...providerSettings,
  ],
  SettleGeneration: [...consumer("SettleGenerationQueue"), ...read, ...write, ...batch],
  ProcessImage: [
    ...consumer("ProcessImageQueue"),
    ...read,
    ...write,
    ...query,
    "s3:GetObject on Media/incoming/*",
    "s3:DeleteObject on Media/incoming/*",
    "s3:PutObject on Media/images/*",
    "s3:DeleteObject on Media/images/*",
    // Without it, S3 says “denied” of an object that is gone.
    "s3:ListBucket on Media",
  ],
  LookAtImage: [
    ...consumer("LookAtImageQueue"),
    ...read,
    ...write,
    "s3:GetObject on Media/images/*",
    "s3:ListBucket on Media",
    "sqs:SendMessage on LookAtImageQueue",
    ...providerSettings,
  ],
  EditImage: [
    ...consumer("EditImageQueue"),
    ...read,
    ...write,
    ...query,
    "s3:GetObject on Media/images/*",
    "s3:PutObject on Media/images/*",
    "s3:DeleteObject on Media/images/*",
    "s3:ListBucket on Media",
  ],
  EmptyTrash: [...consumer("EmptyTrashQueue"), ...read, ...write, ...query, "s3:DeleteObject on Media/images/*"],
  PublishPost: [
    ...consumer("PublishPostQueue"),
    ...read,
    ...write,
    ...batch,
    "s3:GetObject on Media/images/*",
    "s3:PutObject on Media/public/*",
    "sqs:SendMessage on PublishPostQueue",
  ],
  DispatchDue: [
    ...write,
    "dynamodb:Query on Table/index/due",
    "sqs:SendMessage on PublishPostQueue",
    "sqs:SendMessage on RenderImageQueue",
    "sqs:SendMessage on RunPlansQueue",
    "sqs:SendMessage on EmptyTrashQueue",
  ],
  FollowPosts: [...consumer("FollowPostsQueue"), ...read, ...write, ...query, ...batch],
  CountGenerations: [
    ...consumer("CountGenerationsQueue"),
    ...read,
    ...write,
    ...query,
    ...batch,
    "ses:SendEmail on arn:<Partition>:ses:eu-west-1:<AccountId>:identity/example.org",
  ],
  KeepHistory: [...consumer("KeepHistoryQueue"), ...write],
  CountOutcomes: [...consumer("CountOutcomesQueue"), ...read, ...write, ...batch],
  RunPlans: [...consumer("RunPlansQueue"), ...read, ...write, ...byState, ...batch, ...providerSettings],
  HttpAuth: [
    ...read,
    ...write,
    ...query,
    "cognito-idp:AdminGetUser on Users",
    "cognito-idp:AdminUserGlobalSignOut on Users",
    "ses:SendEmail on arn:<Partition>:ses:eu-west-1:<AccountId>:identity/example.org",
  ],
  HttpGenerations: [...read, ...write, ...query, ...byState, ...batch, ...providerSettings],
  HttpPrompts: [...read, ...write, ...query, ...batch, ...providerSettings],
  HttpPlans: [...read, ...write, ...query, ...byState, ...batch, ...providerSettings],
  HttpTexts: [...read, ...write, ...query, ...providerSettings],
  HttpImages: [
    ...read,
    ...write,
    ...query,
    ...byState,
    "dynamodb:Query on Table/index/cards",
    ...batch,
    ...providerSettings,
    "s3:GetObject on Media/images/*",
    "s3:PutObject on Media/incoming/*",
  ],
  HttpPosts: [...read, ...write, ...query, ...byState, ...batch, "s3:DeleteObject on Media/public/*"],
  HttpGallery: [...read, ...query, "s3:GetObject on Media/public/*", "s3:ListBucket on Media"],
  HttpWebhooks: [...read, ...write, "sqs:SendMessage on RenderImageQueue", ...providerSettings],
  HttpRest: [],
};

const policies = Object.values(ofType<{ PolicyDocument: PolicyDocument; Roles: Reference[] }>(resources, "AWS::IAM::Policy"));

/** By function: `action on resource`, sorted. */
const granted = Object.fromEntries(
  policies.map(({ Properties: { PolicyDocument, Roles } }) => [
    Roles.map((role) => readable(role).replace(/Role$/, "")).join(),
    PolicyDocument.Statement.flatMap(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== "Allow" || Condition) throw new Error("The table above cannot tell denials and conditions.");
      return list(Action).flatMap((action) => list(Resource).map((resource) => `${action} on ${readable(resource)}`));
    }).sort(),
  ]),
);

test("the table of permissions names every function, and no other", () => {
  expect(Object.keys(allowed).sort()).toEqual(Object.keys(ofType(resources, "AWS::Lambda::Function")).map(nameOf).sort());
});

test.each(Object.keys(granted))("%s can do what the table lists and nothing else", (name) => {
  const ownLog = everywhere.map((action) => `${action} on ${name}Logs`);
  expect(granted[name]).toEqual([...ownLog, ...traced, ...(allowed[name] ?? [])].sort());
});

test("no statement allows a wildcard of actions", () => {
  const wild = Object.entries(granted).flatMap(([name, grants]) =>
    grants.filter((grant) => /\*.* on /.test(grant)).map((grant) => `${name}: ${grant}`),
  );
  expect(wild).toEqual([]);
});

test("all resources are named only for tracing and for listing streams, whose actions take none", () => {
  const onAll = new Set(Object.values(granted).flatMap((grants) => grants.filter((grant) => grant.endsWith(" on *"))));
  expect([...onAll].sort()).toEqual(["dynamodb:ListStreams on *", ...traced]);
});

test("roles have neither managed policies nor policies beside the checked ones, and only Lambda may take them", () => {
  for (const { Properties } of Object.values(ofType(resources, "AWS::IAM::Role"))) {
    expect(Object.keys(Properties).sort()).toEqual(["AssumeRolePolicyDocument", "Tags"]);
    expect(Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } }],
    });
  }
});

test("every function has a role of its own", () => {
  const roles = Object.values(ofType<{ Role: Reference }>(resources, "AWS::Lambda::Function")).map(({ Properties }) =>
    readable(Properties.Role),
  );
  expect(new Set(roles).size).toBe(roles.length);
  expect(roles.sort()).toEqual(Object.keys(ofType(resources, "AWS::IAM::Role")).map(nameOf).sort());
});

test("a function is called only by the API or the rule that the permission names", () => {
  type Permission = { Action: string; Principal: string; SourceArn?: Reference };
  const permissions = Object.values(ofType<Permission>(resources, "AWS::Lambda::Permission"));
  for (const { Properties } of permissions) {
    expect(Properties.Action).toBe("lambda:InvokeFunction");
    expect(["apigateway.amazonaws.com", "events.amazonaws.com"]).toContain(Properties.Principal);
    expect(Properties.SourceArn).toBeDefined();
  }
});
