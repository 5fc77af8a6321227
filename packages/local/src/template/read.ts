import { type Names, type Resource, resolve, type Template } from "./intrinsics.ts";
import { assertKnown } from "./known.ts";

export type { Template } from "./intrinsics.ts";

type Fields = Record<string, unknown>;
/** One resource with all of its functions resolved. `P` is the shape that its type's documentation gives. */
export type Entry<P> = { id: string; properties: P; metadata: Fields };

export type TableProperties = {
  AttributeDefinitions: Fields[];
  BillingMode: string;
  KeySchema: Fields[];
  GlobalSecondaryIndexes?: Fields[];
  StreamSpecification?: { StreamViewType: string };
  TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
};
export type BucketProperties = {
  CorsConfiguration?: {
    CorsRules: {
      AllowedHeaders?: string[];
      AllowedMethods: string[];
      AllowedOrigins: string[];
      ExposedHeaders?: string[];
      MaxAge?: number;
    }[];
  };
  LifecycleConfiguration?: {
    Rules: {
      Prefix?: string;
      ExpirationInDays?: number;
      AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
      Status: string;
    }[];
  };
  NotificationConfiguration?: {
    QueueConfigurations: { Event: string; Queue: string; Filter?: { S3Key: { Rules: { Name: string; Value: string }[] } } }[];
  };
};
export type QueueProperties = {
  MessageRetentionPeriod?: number;
  VisibilityTimeout?: number;
  RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
};
export type FunctionProperties = { Environment?: { Variables: Record<string, string> }; Timeout: number };
export type MappingProperties = {
  BatchSize: number;
  EventSourceArn: string;
  FunctionName: string;
  FunctionResponseTypes?: string[];
  FilterCriteria?: { Filters: { Pattern: string }[] };
  ScalingConfig?: { MaximumConcurrency: number };
  MaximumRetryAttempts?: number;
  MaximumRecordAgeInSeconds?: number;
  BisectBatchOnFunctionError?: boolean;
  DestinationConfig?: { OnFailure: { Destination: string } };
};
export type RuleProperties = {
  EventBusName?: string;
  EventPattern?: Fields;
  ScheduleExpression?: string;
  State: string;
  Targets: {
    Id: string;
    Arn: string;
    DeadLetterConfig?: { Arn: string };
    RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
  }[];
};
export type UserPoolProperties = {
  Policies: {
    PasswordPolicy: {
      MinimumLength: number;
      RequireLowercase: boolean;
      RequireUppercase: boolean;
      RequireNumbers: boolean;
      RequireSymbols: boolean;
    };
  };
  AutoVerifiedAttributes?: string[];
  MfaConfiguration?: "OFF" | "OPTIONAL" | "ON";
  EnabledMfas?: string[];
};
export type UserPoolClientProperties = {
  ExplicitAuthFlows: string[];
  AccessTokenValidity: number;
  IdTokenValidity: number;
  RefreshTokenValidity: number;
  TokenValidityUnits: Record<"AccessToken" | "IdToken" | "RefreshToken", string>;
  RefreshTokenRotation?: { Feature: string; RetryGracePeriodSeconds?: number };
  PreventUserExistenceErrors?: string;
  UserPoolId: string;
};
export type ApiProperties = {
  ProtocolType: string;
  CorsConfiguration?: {
    AllowHeaders?: string[];
    AllowMethods?: string[];
    AllowOrigins?: string[];
    ExposeHeaders?: string[];
    MaxAge?: number;
  };
};
export type RouteProperties = { RouteKey: string; Target: string; AuthorizationType: string };
export type IntegrationProperties = { IntegrationType: string; IntegrationUri: string; PayloadFormatVersion: string };

type Shapes = {
  "AWS::DynamoDB::Table": TableProperties;
  "AWS::S3::Bucket": BucketProperties;
  "AWS::SQS::Queue": QueueProperties;
  "AWS::Lambda::Function": FunctionProperties;
  "AWS::Lambda::EventSourceMapping": MappingProperties;
  "AWS::Events::EventBus": { Name: string };
  "AWS::Events::Rule": RuleProperties;
  "AWS::Cognito::UserPool": UserPoolProperties;
  "AWS::Cognito::UserPoolClient": UserPoolClientProperties;
  "AWS::ApiGatewayV2::Api": ApiProperties;
  "AWS::ApiGatewayV2::Route": RouteProperties;
  "AWS::ApiGatewayV2::Integration": IntegrationProperties;
};

/** Reads resources of one type at a time, since the names of later ones (pools, clients) are only known once earlier ones stand. */
export function readTemplate(template: Template, names: Names) {
  assertKnown(template);
  return function entries<T extends keyof Shapes>(type: T): Entry<Shapes[T]>[] {
    return Object.entries(template.Resources)
      .filter((entry): entry is [string, Resource] => entry[1].Type === type)
      .map(([id, resource]) => ({
        id,
        properties: resolve(resource.Properties ?? {}, names) as Shapes[T],
        metadata: resource.Metadata ?? {},
      }));
  };
}
