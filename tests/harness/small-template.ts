import type { Template } from "../../packages/local/src/template/read.ts";

type Resources = Template["Resources"];

const queue = (properties: Record<string, unknown> = {}) => ({
  Type: "AWS::SQS::Queue",
  Properties: { VisibilityTimeout: 30, ...properties },
});

/** A table, a bucket, queues, a bus that feeds one of them, and a user pool: each service of the cloud, and no functions. `more` replaces and adds. */
export const smallTemplate = (more: Resources = {}): Template => ({
  Resources: {
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      },
    },
    Media: { Type: "AWS::S3::Bucket", Properties: {} },
    Work: queue({ RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 3 } }),
    Dead: queue(),
    Heard: queue(),
    Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "bus" } },
    Rule: {
      Type: "AWS::Events::Rule",
      Properties: {
        EventBusName: { Ref: "Bus" },
        EventPattern: { source: ["test"] },
        State: "ENABLED",
        Targets: [{ Id: "heard", Arn: { "Fn::GetAtt": ["Heard", "Arn"] } }],
      },
    },
    Users: {
      Type: "AWS::Cognito::UserPool",
      Properties: {
        UsernameAttributes: ["email"],
        Policies: {
          PasswordPolicy: {
            MinimumLength: 10,
            RequireLowercase: true,
            RequireUppercase: true,
            RequireNumbers: true,
            RequireSymbols: false,
          },
        },
      },
    },
    Client: {
      Type: "AWS::Cognito::UserPoolClient",
      Properties: {
        UserPoolId: { Ref: "Users" },
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        AccessTokenValidity: 60,
        IdTokenValidity: 60,
        RefreshTokenValidity: 30,
        TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
      },
    },
    ...more,
  },
});
