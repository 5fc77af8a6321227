import * as z from "zod";
import type { Found } from "./contract.ts";

export const Prediction = z.looseObject({
  id: z.string().regex(/^\w+$/),
  model: z.string().optional(),
  version: z.string().nullish(),
  status: z.string(),
  input: z.record(z.string(), z.unknown()).nullish(),
  output: z.unknown(),
  error: z.unknown(),
  logs: z.string().nullish(),
  created_at: z.string().nullish(),
  started_at: z.string().nullish(),
  data_removed: z.boolean().nullish(),
  webhook: z.string().nullish(),
});
export type Prediction = z.infer<typeof Prediction>;

/** How a model is called: an official one by its name, others by a version. */
export type Called = { model: string; version?: string };

/** Whether a prediction is an attempt's, as far as what was asked for tells. */
export type Judge = (prediction: Prediction) => "its" | "another's" | "unclear";

const isOf = ({ model, version }: Prediction, row: Called): boolean =>
  model === undefined || model === row.model || (row.version !== undefined && version === row.version);

/** By all of its input, the seed included. */
export const byInput =
  (row: Called, wanted: Readonly<Record<string, unknown>>): Judge =>
  (one) =>
    isOf(one, row) && Object.entries(wanted).every(([field, value]) => one.input?.[field] === value) ? "its" : "another's";

/**
 * By the file that it reads: `own` names the attempt, and `others` are those of all other attempts. What reads a file that nobody has sent is unclear: ⚠ that
 * they tell an input as it was given is not documented.
 */
export const byFile =
  (row: Called, own: string | undefined, others: readonly string[]): Judge =>
  (one) => {
    const image = one.input?.image;
    if (!isOf(one, row) || (typeof image === "string" && others.includes(image))) return "another's";
    return image !== undefined && image === own ? "its" : "unclear";
  };

/**
 * The attempt's prediction among those made since: by its webhook where that is told, else by what was asked for. A webhook is known by the attempt that it
 * names: since then this server may have got another address.
 */
export function chosen(candidates: readonly Prediction[], judge: Judge, attemptId: string, settled: boolean): Found {
  const byHook = candidates.find(({ webhook }) => webhook?.includes(attemptId));
  if (byHook) return { kind: "found", reference: byHook.id };
  const judged = candidates.filter(({ webhook }) => !webhook).map((one) => ({ id: one.id, says: judge(one) }));
  const [match, another] = judged.filter(({ says }) => says === "its");
  if (match && !another) return { kind: "found", reference: match.id };
  if (match) return { kind: "unknown", detail: "Replicate has several predictions that could be it." };
  if (judged.some(({ says }) => says === "unclear"))
    return { kind: "unknown", detail: "Replicate has a prediction that could be it, and nothing tells whether it is." };
  if (candidates.some(({ data_removed: removed }) => removed))
    return { kind: "unknown", detail: "Replicate has already deleted what was asked of some predictions made since." };
  return settled ? { kind: "absent" } : { kind: "unknown", detail: "Replicate does not have it yet; it might still be on its way." };
}
