import { Duration, type Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { raise } from "./alarms.ts";
import type { Config } from "./config.ts";
import { dashboard, figure } from "./dashboard.ts";
import type { Data } from "./data.ts";
import type { Api } from "./http.ts";
import type { Messaging } from "./messaging.ts";

/** The relay's iterator age from which readers notice that events are late. */
const relayLateMs = 60_000;

/** Words that went unread within an hour from which somebody should look: now and then a model is too slow. */
const unreadMost = 5;

/** What shows how it goes, and what wakes someone up beside the dead letters. Composed last: it looks at the functions and queues that are there. */
export function operations(
  stack: Stack,
  config: Config,
  { table }: Data,
  { alarms }: Messaging,
  { gateway }: Api,
  relay: LambdaFunction,
): void {
  // A topic with a policy of its own no longer lets the account's alarms in by default.
  alarms.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [alarms.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );

  const period = Duration.minutes(5);
  const functions = stack.node.children.filter((child) => child instanceof LambdaFunction);
  for (const handler of functions) {
    const { id } = handler.node;
    raise(stack, `${id}Errors`, alarms, {
      symptom: `${id} breaks: it runs out of time or memory, or cannot be loaded.`,
      section: "A function breaks",
      metric: handler.metricErrors({ period, statistic: "Sum" }),
      threshold: 1,
    });
  }
  raise(stack, "RelayLate", alarms, {
    symptom: "What people ask for begins more than a minute late: events wait in the table's stream.",
    section: "Events leave the table late",
    metric: relay.metric("IteratorAge", { period, statistic: "Maximum" }),
    threshold: relayLateMs,
  });
  raise(stack, "HttpServerErrors", alarms, {
    symptom: "People see errors: the API has answered with a 5xx.",
    section: "The API answers with errors",
    metric: gateway.metricServerError({ period, statistic: "Sum" }),
    threshold: 1,
  });

  if (config.safetyModel !== "")
    raise(stack, "ReadingsSilent", alarms, {
      symptom: "The operator's model does not read what people ask for: the rules of safety alone decide.",
      section: "The model of safety is silent",
      metric: figure(stack, "ReadingsSilent", { period: Duration.hours(1), statistic: "Sum" }),
      threshold: unreadMost,
    });

  const queues = stack.node.children.filter((child) => child instanceof Queue);
  dashboard(stack, { gateway, table, functions, queues });
}
