import { type Call, callOutcomes, type Written } from "@atelier/core/writing";
import * as z from "zod";
import { Amount, Instant, idOf, text } from "../schemas.ts";

/** Who wrote, and what it has cost: beside whatever was written. */
export const Writer = {
  provider: text(60),
  model: text(120),
  title: text(120).describe("What the model is; of the built-in one, that it is no language model."),
  tokensIn: Amount,
  tokensOut: Amount,
  costMicroUsd: Amount.describe("Of this model's call. Those that failed before it stand in the list of calls."),
};

export const Text = z
  .object({
    text: text(200_000),
    value: z.record(text(40), z.unknown()).optional().describe("There if a schema was asked for; it fits it."),
    ...Writer,
    cut: z.boolean().describe("Whether `maxTokens` ended it."),
  })
  .meta({ id: "Text" });

export const textBody = ({ value, ...rest }: Written<Record<string, unknown>>) => ({ ...rest, ...(value && { value }) });

export const writerOf = ({ provider, model, title, tokensIn, tokensOut, costMicroUsd }: Written<unknown>) => ({
  ...{ provider, model, title, tokensIn, tokensOut, costMicroUsd },
});

export const TextCall = z
  .object({
    id: idOf("txt"),
    purpose: text(40).optional(),
    payer: z
      .enum(["operator"])
      .optional()
      .describe("There if its cost is not your workspace's: what is read for safety is the operator's."),
    provider: text(60),
    model: text(120),
    outcome: z
      .enum(callOutcomes)
      .describe("`unknown`: nobody can tell whether it was answered and billed; what was reserved counts as spent."),
    reservedMicroUsd: Amount.describe("At most what it costs."),
    costMicroUsd: Amount.describe("What it has cost, or what is booked for it."),
    tokensIn: Amount.optional(),
    tokensOut: Amount.optional(),
    detail: text(2_000).optional().describe("What went wrong, in plain words."),
    startedAt: Instant,
    endedAt: Instant.optional().describe("Not there while it is made, nor if whoever made it died."),
  })
  .meta({ id: "TextCall", description: "One paid call to a model of text. It keeps neither what was asked nor what was answered." });

export const callBody = ({ workspaceId: _ws, requestedBy: _by, correlationId: _correlation, reason: _why, version: _v, ...shown }: Call) =>
  shown;

export const exampleWriter = {
  provider: "gemini",
  model: "gemini-3.5-flash-lite",
  title: "Gemini 3.5 Flash-Lite",
  tokensIn: 24,
  tokensOut: 31,
  costMicroUsd: 15,
};
