import type { Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";

/** What an alarm watches. `symptom` is what one sees from outside; `section` the heading of docs/guides/runbook.md that says what to do. */
export type Watch = { symptom: string; section: string; metric: Metric; threshold: number };

/** The anchor of a heading, as Markdown's renderers make it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");

/** An alarm that says what to do. It is raised by one period at or over the threshold; silence is no alarm. */
export function raise(stack: Stack, id: string, to: Topic, { symptom, section, metric, threshold }: Watch): void {
  const alarm = new Alarm(stack, id, {
    alarmDescription: `${symptom} What to do: docs/guides/runbook.md#${anchorOf(section)}`,
    metric,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(to));
}
