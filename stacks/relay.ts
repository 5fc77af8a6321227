import { Duration, type Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Data } from "./data.ts";
import { lambda } from "./lambda.ts";
import type { Messaging } from "./messaging.ts";
import { allow } from "./permissions.ts";

/** The row is the outbox: what rows carry as events goes from the table's stream to the bus. */
export function relay(stack: Stack, { table }: Data, { bus, deadLetters }: Messaging): LambdaFunction {
  const handler = lambda(stack, "RelayEvents", {
    entry: "packages/functions/src/stream/relay-events.ts",
    memoryMb: 512,
    timeoutSeconds: 30,
    environment: { EVENT_BUS: bus.eventBusName },
    localProcess: "workers",
  });
  allow(handler, ["events:PutEvents"], bus.eventBusArn);
  handler.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(12),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      parallelizationFactor: 4,
      onFailure: new SqsDlq(deadLetters("RelayFailures")),
      // A text; in rows from before it was one, a map.
      filters: [
        FilterCriteria.filter({ dynamodb: { NewImage: { event: { S: FilterRule.exists() } } } }),
        FilterCriteria.filter({ dynamodb: { NewImage: { event: { M: { id: { S: FilterRule.exists() } } } } } }),
      ],
    }),
  );
  return handler;
}
