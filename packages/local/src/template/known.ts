import type { Template } from "./intrinsics.ts";

/**
 * Every resource type and property that the stacks may use here. “acts” are honoured by the embedded cloud; “idle” have no meaning on one machine
 * (encryption at rest, IAM, alarms, retention of logs). A type or property in neither list stops the start, so that nothing is passed over by accident.
 */
const known: Record<string, { acts: string[]; idle: string[] }> = {
  "AWS::DynamoDB::Table": {
    acts: ["AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "StreamSpecification", "TimeToLiveSpecification"],
    idle: ["DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification"],
  },
  "AWS::S3::Bucket": {
    acts: ["CorsConfiguration", "LifecycleConfiguration", "NotificationConfiguration"],
    idle: ["BucketEncryption", "LoggingConfiguration", "OwnershipControls", "PublicAccessBlockConfiguration"],
  },
  "AWS::S3::BucketPolicy": { acts: [], idle: ["Bucket", "PolicyDocument"] },
  "AWS::Cognito::UserPool": {
    acts: ["AutoVerifiedAttributes", "EnabledMfas", "MfaConfiguration", "Policies", "UsernameAttributes", "UsernameConfiguration"],
    idle: [
      "AccountRecoverySetting",
      "AdminCreateUserConfig",
      "DeletionProtection",
      "EmailConfiguration",
      "EmailVerificationMessage",
      "EmailVerificationSubject",
      "Schema",
      "SmsVerificationMessage",
      "UserPoolTags",
      "UserPoolTier",
      "VerificationMessageTemplate",
    ],
  },
  "AWS::Cognito::UserPoolClient": {
    acts: [
      "AccessTokenValidity",
      "ExplicitAuthFlows",
      "IdTokenValidity",
      "PreventUserExistenceErrors",
      "RefreshTokenRotation",
      "RefreshTokenValidity",
      "TokenValidityUnits",
      "UserPoolId",
    ],
    idle: ["AllowedOAuthFlowsUserPoolClient", "EnableTokenRevocation", "SupportedIdentityProviders"],
  },
  "AWS::Events::EventBus": { acts: ["Name"], idle: [] },
  "AWS::Events::Rule": { acts: ["EventBusName", "EventPattern", "ScheduleExpression", "State", "Targets"], idle: [] },
  "AWS::SQS::Queue": {
    acts: ["MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout"],
    idle: ["SqsManagedSseEnabled"],
  },
  "AWS::SQS::QueuePolicy": { acts: [], idle: ["PolicyDocument", "Queues"] },
  "AWS::Lambda::Function": {
    acts: ["Environment", "Timeout"],
    idle: ["Architectures", "Code", "Handler", "LoggingConfig", "MemorySize", "Role", "Runtime", "TracingConfig"],
  },
  "AWS::Lambda::EventSourceMapping": {
    acts: [
      "BatchSize",
      "BisectBatchOnFunctionError",
      "DestinationConfig",
      "EventSourceArn",
      "FilterCriteria",
      "FunctionName",
      "FunctionResponseTypes",
      "MaximumRecordAgeInSeconds",
      "MaximumRetryAttempts",
      "ScalingConfig",
      "StartingPosition",
    ],
    idle: ["ParallelizationFactor"],
  },
  "AWS::Lambda::Permission": { acts: [], idle: ["Action", "FunctionName", "Principal", "SourceArn"] },
  "AWS::ApiGatewayV2::Api": { acts: ["CorsConfiguration", "ProtocolType"], idle: ["Name"] },
  "AWS::ApiGatewayV2::Integration": { acts: ["IntegrationType", "IntegrationUri", "PayloadFormatVersion"], idle: ["ApiId"] },
  "AWS::ApiGatewayV2::Route": { acts: ["AuthorizationType", "RouteKey", "Target"], idle: ["ApiId"] },
  "AWS::ApiGatewayV2::Stage": { acts: [], idle: ["AccessLogSettings", "ApiId", "AutoDeploy", "DefaultRouteSettings", "StageName"] },
  "AWS::SNS::Topic": { acts: [], idle: [] },
  "AWS::SNS::TopicPolicy": { acts: [], idle: ["PolicyDocument", "Topics"] },
  "AWS::SNS::Subscription": { acts: [], idle: ["Endpoint", "Protocol", "TopicArn"] },
  "AWS::CloudWatch::Alarm": {
    acts: [],
    idle: [
      "AlarmActions",
      "AlarmDescription",
      "ComparisonOperator",
      "Dimensions",
      "EvaluationPeriods",
      "MetricName",
      "Namespace",
      "Period",
      "Statistic",
      "Threshold",
      "TreatMissingData",
    ],
  },
  "AWS::CloudWatch::Dashboard": { acts: [], idle: ["DashboardBody", "DashboardName"] },
  "AWS::Logs::LogGroup": { acts: [], idle: ["RetentionInDays"] },
  "AWS::IAM::Role": { acts: [], idle: ["AssumeRolePolicyDocument"] },
  "AWS::IAM::Policy": { acts: [], idle: ["PolicyDocument", "PolicyName", "Roles"] },
};

/** Throws with one line for each type or property of the template that the embedded cloud does not know. */
export function assertKnown(template: Template): void {
  const unknown: string[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const type = known[Type];
    if (!type) {
      unknown.push(`${id}: the type ${Type}`);
      continue;
    }
    for (const property of Object.keys(Properties)) {
      if (property !== "Tags" && !type.acts.includes(property) && !type.idle.includes(property))
        unknown.push(`${id}: ${Type} with ${property}`);
    }
  }
  if (unknown.length > 0) {
    throw new Error(
      `The stacks use what the embedded cloud does not know yet:\n  ${unknown.join("\n  ")}\nTeach packages/local/src/template, or leave it out of stacks/.`,
    );
  }
}
