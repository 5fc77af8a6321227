import { csvOf, report } from "@atelier/core/metrics";
import * as z from "zod";
import { operation } from "../operation.ts";
import { metrics } from "./get.ts";
import { exampleLine, MetricsQuery } from "./schemas.ts";

export const exportMetrics = operation({
  id: "exportMetrics",
  method: "GET",
  path: "/v1/generations/metrics.csv",
  area: "Generation",
  summary: "The same figures as a table for a spreadsheet",
  description: "RFC 4180, with a line of names. Where something has no figure the cell is empty.",
  auth: "user",
  status: 200,
  query: MetricsQuery,
  produces: "text/csv",
  response: z.string().max(500_000),
  problems: [],
  example: { response: csvOf({ items: [exampleLine] }) },
  run: (ctx, { query }) => report(ctx, metrics(), query),
  view: (found) => ({ body: csvOf(found) }),
});
