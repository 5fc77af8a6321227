import type { Failed } from "../contract.ts";
import { failed } from "../failures.ts";
import type { TextRequest, TextRow } from "./contract.ts";

/** Who speaks: under which name in the catalogue, and how people know it. */
type Speaker = { name: string; title: string; key: string | undefined; models: readonly TextRow[] };

/** The row of the model that is asked, or why nothing is sent to it. */
export function askedOf(
  { name, title, key, models }: Speaker,
  { model, messages }: Pick<TextRequest<unknown>, "model" | "messages">,
): TextRow | Failed {
  if (!key) return failed("reauthorise", `${name} is not configured. Set key.`);
  const row = models.find((one) => one.provider === name && one.model === model);
  if (row?.state !== "live") return failed("bad-request", `${title} has no model ${model} in the catalogue, or it is retired.`);
  if (!row.sees && hasPicture(messages)) return failed("bad-request", `${row.title} cannot see pictures.`);
  return row;
}

export const hasPicture = (messages: TextRequest<unknown>["messages"]): boolean => messages.some(({ picture }) => picture !== undefined);
