import { AwsError } from "../wire/aws-json.ts";

/** The names that SQS's older query protocol gives to modelled errors; any other keeps its own. */
const queryNames: Record<string, string> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  ...Object.fromEntries(
    [
      "BatchEntryIdsNotDistinct",
      "BatchRequestTooLong",
      "EmptyBatchRequest",
      "InvalidBatchEntryId",
      "MessageNotInflight",
      "PurgeQueueInProgress",
      "TooManyEntriesInBatchRequest",
      "UnsupportedOperation",
    ].map((name) => [name, `AWS.SimpleQueueService.${name}`]),
  ),
};

const bareName = (code: string): string => code.slice(code.indexOf("#") + 1);

/** An error under the name by which SDKs find its class, e.g. `com.amazonaws.sqs#QueueDoesNotExist`. */
export function sqsError(name: string, message: string, status = 400): AwsError {
  return new AwsError(`com.amazonaws.sqs#${name}`, message, status);
}

/** SQS tells the query protocol's error name beside the JSON one; SDKs keep it as `error.Code`. */
export function queryErrorHeader(error: AwsError): Record<string, string> {
  const name = bareName(error.code);
  return { "x-amzn-query-error": `${queryNames[name] ?? name};Sender` };
}

/** The `Code` of a BatchResultErrorEntry. */
export const entryErrorCode = (error: AwsError): string => queryNames[bareName(error.code)] ?? bareName(error.code);

export const invalidParameter = (message: string): AwsError => sqsError("InvalidParameterValue", message);

export const noSuchQueue = (): AwsError => sqsError("QueueDoesNotExist", "The specified queue does not exist.");
