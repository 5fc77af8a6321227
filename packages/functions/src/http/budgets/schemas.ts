import { periods, scopes } from "@atelier/core/budgets";
import { providerNames, textProviderNames } from "@atelier/core/providers";
import * as z from "zod";
import { Amount, Instant, text } from "../schemas.ts";

/** Whoever may be paid: for pictures, for words, or for both with one account. */
const paid = [...new Set([...providerNames, ...textProviderNames])] as const;

const cap = {
  scope: z
    .enum(scopes)
    .describe("`account`: what each person spends here; `provider`: what goes to one provider, for pictures and words together."),
  provider: text(60).optional().describe("Of the scope `provider`, and only there."),
  period: z.enum(periods).describe("Calendar days and months of UTC."),
  capMicroUsd: Amount,
};

export const CapRequest = z
  .strictObject({ ...cap, provider: z.enum(paid).optional(), capMicroUsd: z.int().min(0).max(1_000_000_000_000) })
  .refine(({ scope, provider }) => (scope === "provider") === (provider !== undefined), {
    path: ["provider"],
    error: "Name the provider where the scope is `provider`, and only there.",
  });

export const Budget = z
  .object({
    ...cap,
    usedMicroUsd: Amount.describe("Spent, or reserved for what is being made."),
    leftMicroUsd: Amount,
    endsAt: Instant.describe("When the next period begins."),
  })
  .meta({ id: "Budget" });

export const exampleBudget = {
  scope: "workspace" as const,
  period: "day" as const,
  capMicroUsd: 5_000_000,
  usedMicroUsd: 120_000,
  leftMicroUsd: 4_880_000,
  endsAt: "2026-11-21T00:00:00.000Z",
};
