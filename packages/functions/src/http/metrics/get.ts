import { metricsStore, report } from "@atelier/core/metrics";
import { once, table } from "../../clients.ts";
import { operation } from "../operation.ts";
import { exampleLine, Metrics, MetricsQuery } from "./schemas.ts";

export const metrics = once(() => ({ metrics: metricsStore(table()) }));

export const getMetrics = operation({
  id: "getMetrics",
  method: "GET",
  path: "/v1/generations/metrics",
  area: "Generation",
  summary: "How models and templates do: counts, success, times, costs",
  description:
    "Counted for the day on which a generation was asked for, some seconds after it has ended. Approvals count for that day, too.",
  auth: "user",
  status: 200,
  query: MetricsQuery,
  response: Metrics,
  problems: [],
  example: { response: { from: "2026-10-23", to: "2026-11-21", by: "model", items: [exampleLine] } },
  run: (ctx, { query }) => report(ctx, metrics(), query),
});
