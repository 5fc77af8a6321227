import { countStates, type ImageState, imageStates, mostCards } from "@atelier/core/library";
import { metricsStore, mostLines, report } from "@atelier/core/metrics";
import * as z from "zod";
import { once, table } from "../../clients.ts";
import { exampleLine, Line, MetricsQuery } from "../metrics/schemas.ts";
import { operation } from "../operation.ts";
import { Amount } from "../schemas.ts";
import { libraryDeps } from "./deps.ts";

const metrics = once(() => ({ metrics: metricsStore(table()) }));

export const imageStatistics = operation({
  id: "imageStatistics",
  method: "GET",
  path: "/v1/images/statistics",
  area: "Library",
  summary: "How many images are in each state, and what was made by day and model, with its cost",
  description: `States are counted now, of the latest ${mostCards} images; \`complete\` says whether those are all. Days and models are those of \`GET /v1/generations/metrics\`.`,
  auth: "user",
  status: 200,
  query: MetricsQuery.omit({ by: true }),
  response: z.object({
    states: z.object(Object.fromEntries(imageStates.map((state) => [state, Amount])) as Record<ImageState, typeof Amount>),
    looked: Amount,
    complete: z.boolean(),
    days: z.array(Line).max(mostLines),
    models: z.array(Line).max(mostLines),
  }),
  problems: [],
  example: {
    response: {
      states: { processing: 1, quarantined: 0, in_review: 12, approved: 30, rejected: 5, changes_requested: 0, held: 1 },
      looked: 49,
      complete: true,
      days: [],
      models: [exampleLine],
    },
  },
  async run(ctx, { query }) {
    const [states, days, models] = await Promise.all([
      countStates(ctx, libraryDeps()),
      report(ctx, metrics(), { ...query, by: "day" }),
      report(ctx, metrics(), { ...query, by: "model" }),
    ]);
    return { ...states, days: days.items, models: models.items };
  },
});
