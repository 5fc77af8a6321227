import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { optional } from "./env.ts";

/** Every figure that is kept, and its unit. CloudWatch charges by the name and its dimensions: docs/guides/runbook.md says how much. */
const units = {
  /** By area and class of status; how many there were is its sample count. */
  RequestMs: MetricUnit.Milliseconds,
  RateLimited: MetricUnit.Count,
  /** By queue: from sending to a worker's hand, for messages that were sent without a delay. */
  QueueWaitMs: MetricUnit.Milliseconds,
  /** By network. */
  DeliveriesPublished: MetricUnit.Count,
  DeliveriesFailed: MetricUnit.Count,
  DeliveriesUnconfirmed: MetricUnit.Count,
  /** From the moment a delivery was due to the one at which it was out. */
  PublishLateMs: MetricUnit.Milliseconds,
  /** By provider. */
  GenerationsFinished: MetricUnit.Count,
  GenerationsFailed: MetricUnit.Count,
  GenerationsRefused: MetricUnit.Count,
  RenderMs: MetricUnit.Milliseconds,
  /** Work of dead workers that others went on with, by provider or network. */
  WorkersTakenOver: MetricUnit.Count,
  EventsRelayed: MetricUnit.Count,
  EventsFailed: MetricUnit.Count,
  /** Words that the operator's model was to read, and did not: the rules alone have spoken. */
  ReadingsSilent: MetricUnit.Count,
} as const;

/** One value, or those of all that ended at once. */
export type Figures = { [name in keyof typeof units]?: number | readonly number[] };

/** What figures are told apart by, few values each: never an id. */
export type Dimensions =
  | Record<string, never>
  | { area: string; status: string }
  | { queue: string }
  | { network: string }
  | { provider: string };

/** What stands beside figures in their line, for whoever reads the log. No dimension, so ids cost nothing; nothing that a person typed. */
export type Facts = Record<string, string | undefined>;

const metrics = new Metrics({ namespace: "Atelier", serviceName: optional("SERVICE") ?? "atelier" });

/** Writes figures as one line of the log (EMF), from which CloudWatch takes them without a call. */
export function measure(dimensions: Dimensions, figures: Figures, facts: Facts = {}): void {
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  for (const [name, value] of Object.entries(figures) as [keyof typeof units, number | readonly number[]][])
    for (const one of [value].flat()) metrics.addMetric(name, units[name], one);
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) metrics.addMetadata(name, value);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  else {
    metrics.clearDimensions();
    metrics.clearMetadata();
  }
}
