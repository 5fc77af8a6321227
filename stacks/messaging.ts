import { Duration, type Stack } from "aws-cdk-lib";
import { EventBus, type EventPattern, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { raise } from "./alarms.ts";
import type { Config } from "./config.ts";

export const eventSource = "atelier";

/** The bus, and the ways to make a queue that cannot lose anything in silence. */
export function messaging(stack: Stack, config: Config) {
  const bus = new EventBus(stack, "Bus", { eventBusName: `${config.stage}-${config.app}` });
  const alarms = new Topic(stack, "Alarms", { enforceSSL: true });
  if (config.alarmEmail) alarms.addSubscription(new EmailSubscription(config.alarmEmail));

  /** A queue for what was given up, with an alarm on the first message. */
  function deadLetters(id: string): Queue {
    const queue = new Queue(stack, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    raise(stack, `${id}Alarm`, alarms, {
      symptom: `${id} holds messages that were given up.`,
      section: id,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: "Maximum" }),
      threshold: 1,
    });
    return queue;
  }

  /**
   * A queue and its dead letters. Visibility is six times the consumer's time-out, as AWS advises for pollers that are throttled. Where nothing but the
   * queue notices that a worker has died, it can be less, down to the time-out, if messages that come twice do no harm.
   */
  function queue(id: string, consumerTimeoutSeconds: number, visibilitySeconds = consumerTimeoutSeconds * 6): Queue {
    return new Queue(stack, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters(`${id}Dead`), maxReceiveCount: 5 },
    });
  }

  const ruleFailures = deadLetters("RuleFailures");

  /** Sends events of these types to a queue, if their detail matches. */
  function route(id: string, types: string[], target: Queue, detail?: EventPattern["detail"]): void {
    const pattern: EventPattern = { source: [eventSource], detailType: types, ...(detail && { detail }) };
    new Rule(stack, id, { eventBus: bus, eventPattern: pattern, targets: [new SqsQueue(target, { deadLetterQueue: ruleFailures })] });
  }

  /** Lets a function consume a queue; failures are reported message by message. */
  function consume(handler: LambdaFunction, from: Queue, { batchSize = 10, maxConcurrency = 20 } = {}): void {
    handler.addEventSource(new SqsEventSource(from, { batchSize, maxConcurrency, reportBatchItemFailures: true }));
  }

  return { bus, alarms, deadLetters, queue, route, consume, ruleFailures };
}
export type Messaging = ReturnType<typeof messaging>;
