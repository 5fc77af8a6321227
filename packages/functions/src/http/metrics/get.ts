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
  summary: "How models and templates do, and what pictures and texts cost",
  description:
    "Counted for the day on which a generation was asked for, some seconds after it has ended. Approvals count for that day, too. Paid calls to models of text count at once, for the day on which they began: `costMicroUsd` and `textCostMicroUsd` together are what was spent, also on what was stopped.",
  auth: "user",
  status: 200,
  query: MetricsQuery,
  response: Metrics,
  problems: [],
  example: { response: { from: "2026-10-23", to: "2026-11-21", by: "model", items: [exampleLine] } },
  run: (ctx, { query }) => report(ctx, metrics(), query),
});
