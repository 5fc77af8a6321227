import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";

/** Exactly these actions on exactly these resources: grants of the constructs give more than a function uses. */
export function allow(handler: LambdaFunction, actions: string[], ...resources: string[]): void {
  handler.addToRolePolicy(new PolicyStatement({ actions, resources }));
}

type TableAccess = "read" | "write" | "query" | "batch" | "due" | "byState" | "cards";

const tableActions: Record<Exclude<TableAccess, "due" | "byState" | "cards">, string[]> = {
  read: ["dynamodb:GetItem"],
  write: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
  query: ["dynamodb:Query"],
  batch: ["dynamodb:BatchGetItem"],
};

export function allowTable(handler: LambdaFunction, { table }: Data, ...access: TableAccess[]): void {
  for (const kind of access) {
    if (kind === "due" || kind === "byState" || kind === "cards") allow(handler, ["dynamodb:Query"], `${table.tableArn}/index/${kind}`);
    else allow(handler, tableActions[kind], table.tableArn);
  }
}

/** Objects under one prefix of the media bucket. */
export function allowMedia(handler: LambdaFunction, { media }: Data, actions: ("Get" | "Put" | "Delete")[], prefix: string): void {
  allow(
    handler,
    actions.map((action) => `s3:${action}Object`),
    media.arnForObjects(`${prefix}*`),
  );
}

/** S3 tells “there is no such object” only to those who may list; to others it says “denied”. */
export function allowMissing(handler: LambdaFunction, { media }: Data): void {
  allow(handler, ["s3:ListBucket"], media.bucketArn);
}

export function allowSend(handler: LambdaFunction, queue: Queue): void {
  allow(handler, ["sqs:SendMessage"], queue.queueArn);
}

/** Where in the parameter store the keys of providers are: `aws ssm put-parameter --type SecureString --name <path>/REPLICATE_API_TOKEN`. */
export const providerSettingsPath = ({ app, stage }: Pick<Config, "app" | "stage">): string => `/${app}/${stage}/providers`;

/** Reads them all by their path, and no other parameter. AWS's own key, with which they are encrypted, is open to whoever may read them. */
export function allowProviderSettings(handler: LambdaFunction, config: Config): void {
  const path = providerSettingsPath(config);
  allow(
    handler,
    ["ssm:GetParametersByPath"],
    Stack.of(handler).formatArn({ service: "ssm", resource: "parameter", resourceName: path.slice(1) }),
  );
}

/** The ARN of a verified sender, built here so that it stays inside this account and region. */
export const identityArn = (handler: LambdaFunction, address: string): string =>
  Stack.of(handler).formatArn({ service: "ses", resource: "identity", resourceName: address.slice(address.indexOf("@") + 1) });
