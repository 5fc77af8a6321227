import type { Names, Template } from "./intrinsics.ts";

export const account = "000000000000";

/** The ARN under which a resource is known here: as in AWS, so that logs and policies read alike. */
function arn(type: string, id: string, region: string): string {
  const of = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  switch (type) {
    case "AWS::DynamoDB::Table":
      return of("dynamodb", `table/${id}`);
    case "AWS::SQS::Queue":
      return of("sqs", id);
    case "AWS::Lambda::Function":
      return of("lambda", `function:${id}`);
    case "AWS::Events::EventBus":
      return of("events", `event-bus/${id}`);
    case "AWS::Cognito::UserPool":
      return of("cognito-idp", `userpool/${id}`);
    case "AWS::SNS::Topic":
      return of("sns", id);
    case "AWS::Logs::LogGroup":
      return of("logs", `log-group:${id}:*`);
    case "AWS::Events::Rule":
      return of("events", `rule/${id}`);
    case "AWS::S3::Bucket":
      return `arn:aws:s3:::${bucketName(id)}`;
    case "AWS::IAM::Role":
      return `arn:aws:iam::${account}:role/${id}`;
    default:
      throw new Error(`The embedded cloud gives no ARN to ${type}.`);
  }
}

/** Bucket names are lower case. */
export const bucketName = (logicalId: string): string => logicalId.toLowerCase();

export const nameIn = (resourceArn: string): string =>
  resourceArn.slice(Math.max(resourceArn.lastIndexOf(":"), resourceArn.lastIndexOf("/")) + 1);

/**
 * Physical names: the logical ids themselves, but for what the running services decide (queue URLs, pool and client ids, the API's address), which `given` tells.
 */
export function namesOf(template: Template, region: string, given: { ref(logicalId: string): string | undefined; apiUrl: string }): Names {
  const pseudo: Record<string, string> = {
    "AWS::Region": region,
    "AWS::AccountId": account,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "local",
  };
  const typeOf = (id: string): string => {
    const resource = template.Resources[id];
    if (!resource) throw new Error(`The template refers to ${id}, which it does not hold.`);
    return resource.Type;
  };
  const busName = (id: string): string => String(template.Resources[id]?.Properties?.Name ?? id);
  return {
    ref(id) {
      const fixed = pseudo[id] ?? given.ref(id);
      if (fixed !== undefined) return fixed;
      const type = typeOf(id);
      if (type === "AWS::S3::Bucket") return bucketName(id);
      if (type === "AWS::SNS::Topic") return arn(type, id, region);
      return type === "AWS::Events::EventBus" ? busName(id) : id;
    },
    attribute(id, attribute) {
      const type = typeOf(id);
      if (attribute === "Arn" || attribute === "TopicArn") return arn(type, type === "AWS::Events::EventBus" ? busName(id) : id, region);
      if (attribute === "StreamArn") return `${arn(type, id, region)}/stream/local`;
      if (attribute === "QueueName") return id;
      if (attribute === "ApiEndpoint") return given.apiUrl;
      throw new Error(`The template asks for ${attribute} of ${id} (${type}), which the embedded cloud does not know.`);
    },
  };
}
