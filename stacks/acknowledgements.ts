import { type Stack, Validations } from "aws-cdk-lib";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";

/** A finding of AwsSolutions that stands on purpose. `path` is that of the construct within its stack. */
export type Acknowledgement = { path: string; id: string; reason: string };

const verified = "The function verifies the caller itself: access token or API key; sign-in, health, galleries and documentation are open.";

/** Rules that read a resource and miss what makes it safe here. */
const plain: Acknowledgement[] = [
  { path: "Http", id: "AwsSolutions-APIG4", reason: verified },
  { path: "DefaultRoute", id: "AwsSolutions-APIG4", reason: "Health, the documents, and 404 for everything else: open to all." },
  {
    path: "Users",
    id: "AwsSolutions-COG1",
    reason: "Ten characters with upper and lower case and digits. Length is worth more than a symbol (NIST SP 800-63B, 5.1.1.2).",
  },
  {
    path: "Users",
    id: "AwsSolutions-COG2",
    reason: "A second factor is not offered yet. The sign-in that the API has takes a password only.",
  },
  {
    path: "Users",
    id: "AwsSolutions-COG8",
    reason:
      "The plus plan's risk scores are priced by active user. Essentials still slows repeated failures and hides whether an email is known.",
  },
  {
    path: "RuleFailures",
    id: "AwsSolutions-SQS3",
    reason: "It is a dead-letter queue itself: of the rules' targets, which have no redrive policy.",
  },
  {
    path: "RelayFailures",
    id: "AwsSolutions-SQS3",
    reason: "It is a dead-letter queue itself: of the table's stream, which has no redrive policy.",
  },
];

/** Which functions touch which objects: every new pair is a finding until it stands here. */
const objects: Record<string, string[]> = {
  RenderImage: ["incoming/", "images/"],
  ProcessImage: ["incoming/", "images/"],
  LookAtImage: ["images/"],
  EditImage: ["images/"],
  EmptyTrash: ["images/"],
  PublishPost: ["images/", "public/"],
  HttpImages: ["incoming/", "images/"],
  HttpPosts: ["public/"],
  HttpGallery: ["public/"],
};

/** All acknowledgements of one stack; object prefixes need it for the id that the bucket gets. */
export function acknowledgements(stack: Stack): Acknowledgement[] {
  const bucketId = stack.getLogicalId(stack.node.findChild("Media").node.defaultChild as CfnBucket);
  const functions = stack.node.children.filter((child) => child instanceof LambdaFunction);
  return [
    ...plain,
    ...functions.map(({ node }) => ({
      path: `${node.id}Role`,
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "Tracing takes no resource: xray:PutTraceSegments and PutTelemetryRecords. In the relay's role, dynamodb:ListStreams, which Lambda asks for.",
    })),
    ...Object.entries(objects).flatMap(([name, prefixes]) =>
      prefixes.map((prefix) => ({
        path: `${name}Role`,
        id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${prefix}*]`,
        reason: `Objects come and go under ${prefix}; the role reaches no other prefix.`,
      })),
    ),
  ];
}

/** Writes them down on the constructs. Throws if one names a construct that is no longer there. */
export function acknowledge(stack: Stack): void {
  for (const { path, id, reason } of acknowledgements(stack)) Validations.of(stack.node.findChild(path)).acknowledge({ id, reason });
}
