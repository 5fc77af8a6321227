import { join } from "node:path";
import type { PoolSpec } from "../cognito/index.ts";
import type { RuleDefinition } from "../events/index.ts";
import type { FunctionSpec } from "../functions/runner.ts";
import type { Bucket } from "../s3/index.ts";
import type { QueueSettings } from "../sqs/queues.ts";
import { nameIn } from "./names.ts";
import type {
  BucketProperties,
  Entry,
  FunctionProperties,
  QueueProperties,
  RuleProperties,
  UserPoolClientProperties,
  UserPoolProperties,
} from "./read.ts";

/** Resources of the template in the words of the servers that play them. Defaults are CloudFormation's. */

export const queueSpec = ({ id, properties }: Entry<QueueProperties>): QueueSettings => {
  const { VisibilityTimeout = 30, MessageRetentionPeriod = 345_600, RedrivePolicy } = properties;
  return {
    name: id,
    visibilityTimeoutSeconds: VisibilityTimeout,
    retentionSeconds: MessageRetentionPeriod,
    ...(RedrivePolicy && {
      redrive: { deadLetterQueue: nameIn(RedrivePolicy.deadLetterTargetArn), maxReceiveCount: RedrivePolicy.maxReceiveCount },
    }),
  };
};

export const bucketSpec = ({ properties }: Entry<BucketProperties>, name: string): Bucket => ({
  name,
  cors: (properties.CorsConfiguration?.CorsRules ?? []).map((rule) => ({
    allowedOrigins: rule.AllowedOrigins,
    allowedMethods: rule.AllowedMethods,
    allowedHeaders: rule.AllowedHeaders,
    exposedHeaders: rule.ExposedHeaders,
    maxAgeSeconds: rule.MaxAge,
  })),
  notifications: (properties.NotificationConfiguration?.QueueConfigurations ?? []).map(({ Event, Queue, Filter }, index) => ({
    id: `notification-${index}`,
    events: [Event],
    target: Queue,
    ...Object.fromEntries((Filter?.S3Key.Rules ?? []).map((rule) => [rule.Name.toLowerCase(), rule.Value])),
  })),
  lifecycle: (properties.LifecycleConfiguration?.Rules ?? [])
    .filter((rule) => rule.Status === "Enabled")
    .map(({ Prefix: prefix = "", ExpirationInDays: days, AbortIncompleteMultipartUpload: abort }) => ({
      prefix,
      ...(days !== undefined && { days }),
      ...(abort && { abortUploadsAfterDays: abort.DaysAfterInitiation }),
    })),
});

export const poolSpec = ({ id, properties }: Entry<UserPoolProperties>, clients: Entry<UserPoolClientProperties>[]): PoolSpec => {
  const policy = properties.Policies.PasswordPolicy;
  const { MfaConfiguration: mfa = "OFF", EnabledMfas: factors = [] } = properties;
  if (mfa === "ON") throw new Error(`The embedded user pool cannot demand a second factor of everybody, as ${id} does.`);
  if (mfa !== "OFF" && factors.join() !== "SOFTWARE_TOKEN_MFA")
    throw new Error(`The embedded user pool has software tokens as second factor, not ${factors.join(" and ")} as ${id} wants.`);
  return {
    logicalId: id,
    passwordPolicy: {
      minimumLength: policy.MinimumLength,
      requireUppercase: policy.RequireUppercase,
      requireLowercase: policy.RequireLowercase,
      requireNumbers: policy.RequireNumbers,
      requireSymbols: policy.RequireSymbols,
    },
    autoVerifyEmail: properties.AutoVerifiedAttributes?.includes("email") ?? false,
    mfa,
    clients: clients.map((client) => {
      const { TokenValidityUnits: unit, RefreshTokenRotation: rotation } = client.properties;
      return {
        logicalId: client.id,
        explicitAuthFlows: client.properties.ExplicitAuthFlows,
        refreshTokenValidityDays: minutes(client.properties.RefreshTokenValidity, unit.RefreshToken) / 1_440,
        accessTokenValidityMinutes: minutes(client.properties.AccessTokenValidity, unit.AccessToken),
        idTokenValidityMinutes: minutes(client.properties.IdTokenValidity, unit.IdToken),
        ...(rotation?.Feature === "ENABLED" && {
          refreshTokenRotation: { retryGracePeriodSeconds: rotation.RetryGracePeriodSeconds ?? 0 },
        }),
        preventUserExistenceErrors: client.properties.PreventUserExistenceErrors === "ENABLED",
      };
    }),
  };
};

const minutesIn: Record<string, number> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1_440 };
const minutes = (value: number, unit: string): number => value * (minutesIn[unit] ?? 1);

export const ruleSpec = ({ id, properties }: Entry<RuleProperties>): RuleDefinition => ({
  name: id,
  enabled: properties.State === "ENABLED",
  ...(properties.EventBusName !== undefined && { bus: properties.EventBusName }),
  ...(properties.EventPattern && { pattern: properties.EventPattern }),
  ...(properties.ScheduleExpression && { schedule: properties.ScheduleExpression }),
  targets: properties.Targets.map((target) => ({
    id: target.Id,
    arn: target.Arn,
    ...(target.DeadLetterConfig && { deadLetterArn: target.DeadLetterConfig.Arn }),
    ...(target.RetryPolicy && {
      retry: {
        maximumRetryAttempts: target.RetryPolicy.MaximumRetryAttempts,
        maximumEventAgeSeconds: target.RetryPolicy.MaximumEventAgeInSeconds,
      },
    }),
  })),
});

/** What the template gives a function wins over what the cloud gives to all. */
export function functionSpec(
  { id, properties, metadata }: Entry<FunctionProperties>,
  root: string,
  environment: Record<string, string>,
  /** What this machine says about variables that the template sets, too. */
  instead: Readonly<Record<string, string>> = {},
): FunctionSpec {
  const entry = metadata["atelier:entry"];
  if (typeof entry !== "string") throw new Error(`The function ${id} does not tell its source. Make it with lambda() of stacks/lambda.ts.`);
  const variables = properties.Environment?.Variables ?? {};
  return {
    name: id,
    entry: join(root, entry),
    environment: { ...environment, ...variables, ...Object.fromEntries(Object.entries(instead).filter(([name]) => name in variables)) },
    timeoutSeconds: properties.Timeout,
    concurrency: Number(metadata["atelier:concurrency"] ?? 1),
    ...(typeof metadata["atelier:process"] === "string" && { process: metadata["atelier:process"] }),
  };
}
