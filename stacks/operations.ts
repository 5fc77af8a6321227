import { Duration, type Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Api } from "./http.ts";
import type { Messaging } from "./messaging.ts";

/** The relay's iterator age from which readers notice that events are late. */
const relayLateMs = 60_000;

/** What wakes someone up, beside the alarm that every dead-letter queue has. Composed last: it looks at the functions that are there. */
export function operations(stack: Stack, { alarms }: Messaging, { gateway }: Api, relay: LambdaFunction): void {
  // A topic with a policy of its own no longer lets the account's alarms in by default.
  alarms.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [alarms.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );

  function alarm(id: string, description: string, metric: Metric, threshold: number): void {
    const made = new Alarm(stack, id, {
      alarmDescription: `${description} docs/guides/runbook.md tells what to look at.`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    made.addAlarmAction(new SnsAction(alarms));
  }

  const period = Duration.minutes(5);
  for (const child of stack.node.children) {
    if (!(child instanceof LambdaFunction)) continue;
    const { id } = child.node;
    alarm(`${id}Errors`, `${id} has failed.`, child.metricErrors({ period, statistic: "Sum" }), 1);
  }
  alarm("RelayLate", "Events leave the table late.", relay.metric("IteratorAge", { period, statistic: "Maximum" }), relayLateMs);
  alarm("HttpServerErrors", "The API has answered with a 5xx.", gateway.metricServerError({ period, statistic: "Sum" }), 1);
}
