import { Duration, type Stack } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Operation, type Table } from "aws-cdk-lib/aws-dynamodb";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Api } from "./http.ts";

type Watched = { gateway: Api["gateway"]; table: Table; functions: LambdaFunction[]; queues: Queue[] };

const period = Duration.minutes(5);
const height = 6;

/** A figure of ours without other dimensions than the stack. */
export const figure = (stack: Stack, metricName: string, props: { statistic: string; period: Duration }): Metric =>
  new Metric({ namespace: "Atelier", metricName, dimensionsMap: { service: stack.stackName }, ...props });

/** Health at a glance: what people notice in the first row, then what publishes and draws, then what carries it. */
export function dashboard(stack: Stack, { gateway, table, functions, queues }: Watched): void {
  /** A figure of ours, whatever its other dimensions are: names and units stand in packages/functions/src/metrics.ts. */
  const ours = (name: string, by: string, statistic: string): IMetric =>
    new MathExpression({
      expression: `SEARCH('{Atelier,service,${by}} MetricName="${name}" service="${stack.stackName}"', '${statistic}')`,
      label: "",
      period,
      usingMetrics: {},
    });
  const plain = (metricName: string, statistic: string): IMetric => figure(stack, metricName, { statistic, period });
  const row = (...graphs: [title: string, left: IMetric[], right?: IMetric[]][]): GraphWidget[] =>
    graphs.map(([title, left, right = []]) => new GraphWidget({ title, left, right, height, width: 24 / graphs.length }));
  const dead = queues.filter((queue) => !queue.deadLetterQueue);
  const working = queues.filter((queue) => queue.deadLetterQueue);
  const sum = { period, statistic: "Sum" };
  const most = { period, statistic: "Maximum" };

  const board = new Dashboard(stack, "Health", { dashboardName: stack.stackName, defaultInterval: Duration.hours(3) });
  board.addWidgets(
    ...row(
      ["API: latency, ms", ["p50", "p95", "p99"].map((statistic) => gateway.metricLatency({ period, statistic, label: statistic }))],
      [
        "API: requests, and those that failed",
        [gateway.metricCount(sum)],
        [gateway.metricServerError(sum), gateway.metricClientError(sum)],
      ],
      [
        "API: latency by area, ms; refused for going too fast",
        [ours("RequestMs", "area,status", "p95")],
        [ours("RateLimited", "area,status", "Sum")],
      ],
    ),
    ...row(
      [
        "Publishing: outcomes",
        ["DeliveriesPublished", "DeliveriesFailed", "DeliveriesUnconfirmed"].map((name) => ours(name, "network", "Sum")),
      ],
      ["Publishing: lateness, ms", [ours("PublishLateMs", "network", "p95"), ours("PublishLateMs", "network", "Maximum")]],
      [
        "Generations: outcomes",
        ["GenerationsFinished", "GenerationsFailed", "GenerationsRefused"].map((name) => ours(name, "provider", "Sum")),
      ],
      ["Generations: drawing, ms", [ours("RenderMs", "provider", "p50"), ours("RenderMs", "provider", "p95")]],
    ),
    ...row(
      ["Queues: waiting", working.map((queue) => queue.metricApproximateNumberOfMessagesVisible(most))],
      ["Queues: the oldest message, s", working.map((queue) => queue.metricApproximateAgeOfOldestMessage(most))],
      ["Queues: wait, ms", [ours("QueueWaitMs", "queue", "p95")]],
      ["Dead letters", dead.map((queue) => queue.metricApproximateNumberOfMessagesVisible(most))],
    ),
    ...row(
      ["Functions: errors", functions.map((handler) => handler.metricErrors(sum))],
      [
        "Functions: at once, and throttled",
        functions.map((handler) => handler.metric("ConcurrentExecutions", most)),
        functions.map((handler) => handler.metricThrottles(sum)),
      ],
      ["Table: throttled", [table.metricThrottledRequestsForOperations({ ...sum, operations: throttled })]],
      [
        "Events: relayed, failed; dead workers taken over; words that the operator's model has not read",
        [plain("EventsRelayed", "Sum"), plain("EventsFailed", "Sum"), plain("ReadingsSilent", "Sum")],
        [ours("WorkersTakenOver", "network", "Sum"), ours("WorkersTakenOver", "provider", "Sum")],
      ],
    ),
  );
}

/** What the functions call. */
const throttled = [
  Operation.GET_ITEM,
  Operation.BATCH_GET_ITEM,
  Operation.QUERY,
  Operation.PUT_ITEM,
  Operation.UPDATE_ITEM,
  Operation.TRANSACT_WRITE_ITEMS,
];
