export { type Alert, type AlertKind, alertKinds } from "./alert.ts";
export { listAlerts, mailAlert, type Post, type Reached, tellOfBudget } from "./alerts.ts";
export { countGeneration, countReview, countSettled, type MetricsDeps, type Settled } from "./count.ts";
export { csvOf, groupings, type Line, mostDays, mostLines, type Report, report } from "./report.ts";
export { metricsStore } from "./store.dynamo.ts";
export type { MetricsStore } from "./store.ts";
export { countText, type TextUse } from "./texts.ts";
