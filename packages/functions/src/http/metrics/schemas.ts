import { alertKinds, groupings, type Line as LineRow, mostLines } from "@atelier/core/metrics";
import * as z from "zod";
import { Amount, Instant, idOf, text } from "../schemas.ts";

const Day = z.iso.date().max(10);

export const MetricsQuery = z.strictObject({
  from: Day.optional().describe("The first day, of UTC; 29 days before the last if it is left out."),
  to: Day.optional().describe("The last day; today if it is left out."),
  by: z
    .enum(groupings)
    .default("all")
    .describe("One line for all, or one for each day, model of images, template's version, or model of text."),
});

export const Line = z
  .object({
    day: Day.optional(),
    provider: text(60).optional(),
    model: text(120).optional(),
    templateId: idOf("tpl").optional(),
    templateVersion: z.int().min(1).optional(),
    drawn: Amount.describe("Images."),
    failed: Amount.describe("Attempts that ended without one."),
    refused: Amount.describe("Attempts whose words or image a provider refused."),
    approved: Amount,
    rejected: Amount,
    successRate: z.number().min(0).max(1).optional().describe("Drawn, of all attempts that ended."),
    medianMs: Amount.optional().describe("From an attempt's begin to its file; within a twentieth."),
    p95Ms: Amount.optional(),
    costMicroUsd: Amount.describe("Of images, those included of which nothing came."),
    costPerImageMicroUsd: Amount.optional(),
    costPerApprovedMicroUsd: Amount.optional().describe("What all images have cost, by those that were approved."),
    textsAnswered: Amount.describe(
      "Paid calls to models of text that were answered; those of the operator, which read for safety, are not counted.",
    ),
    textsFailed: Amount,
    textsRefused: Amount,
    textCostMicroUsd: Amount.describe("Of all paid calls to models of text; beside `costMicroUsd`, and not within it."),
  })
  .meta({ id: "MetricsLine" });

export const Metrics = z.object({ from: Day, to: Day, by: z.enum(groupings), items: z.array(Line).max(mostLines) }).meta({ id: "Metrics" });

export const exampleLine: LineRow = {
  provider: "sketch",
  model: "sketch-1",
  drawn: 42,
  failed: 1,
  refused: 0,
  approved: 12,
  rejected: 5,
  successRate: 0.9767,
  medianMs: 182,
  p95Ms: 410,
  costMicroUsd: 0,
  costPerImageMicroUsd: 0,
  costPerApprovedMicroUsd: 0,
  textsAnswered: 0,
  textsFailed: 0,
  textsRefused: 0,
  textCostMicroUsd: 0,
};

export const Alert = z
  .object({
    id: idOf("alr"),
    kind: z
      .enum(alertKinds)
      .describe("`failures`: three in a row; `slow`: three in a row above the 95th percentile of seven days; `budget`: 80 or 100 % used."),
    subject: text(250),
    title: text(250),
    detail: text(1_000),
    raisedAt: Instant,
    resolvedAt: Instant.optional().describe("When it was over; it lasts where this is missing."),
  })
  .meta({ id: "Alert" });
