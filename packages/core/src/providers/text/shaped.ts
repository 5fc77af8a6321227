import * as z from "zod";
import type { Failed } from "../contract.ts";
import { failed } from "../failures.ts";
import type { TextDone, TextMessage, TextRequest, TextRow } from "./contract.ts";

/** One answer of a model, before anybody has looked whether it fits. */
export type Said = { kind: "said"; text: string; tokensIn: number; tokensOut: number; cut: boolean; costMicroUsd?: number };
export type Ask = (messages: readonly TextMessage[], jsonSchema: object | undefined) => Promise<Said | Failed>;

/** Asks once and, where JSON was wanted and what came does not fit, once more with what is wrong with it. */
export async function shaped<Value>(request: TextRequest<Value>, row: TextRow, ask: Ask): Promise<TextDone<Value> | Failed> {
  const { schema, messages } = request;
  const jsonSchema = schema && z.toJSONSchema(schema, { unrepresentable: "any" });
  const first = await ask(messages, jsonSchema);
  if (first.kind === "failed") return first;
  if (!schema) return done(row, [first]);
  const read = fitting(schema, first.text);
  if (read.fits) return { ...done<Value>(row, [first]), value: read.value };

  const correction = `That does not fit: ${read.wrong} Answer with the whole JSON again, and nothing else.`;
  const second = await ask([...messages, { role: "assistant", content: first.text }, { role: "user", content: correction }], jsonSchema);
  if (second.kind === "failed") {
    const billedMicroUsd = costOf(row, first) + (second.failure.billedMicroUsd ?? 0);
    return { kind: "failed", failure: { ...second.failure, billedMicroUsd } };
  }
  const again = fitting(schema, second.text);
  if (again.fits) return { ...done<Value>(row, [first, second]), value: again.value };
  const why = second.cut
    ? "Its answer was cut off: allow more tokens."
    : `It does not keep to the shape that was asked for: ${again.wrong}`;
  return failed("fall-back", `${row.title}: ${why}`, { billedMicroUsd: costOf(row, first) + costOf(row, second) });
}

/** By the provider's own count where it gives one. */
const costOf = ({ tokenPriceMicroUsd: price }: TextRow, { tokensIn, tokensOut, costMicroUsd }: Said): number =>
  costMicroUsd ?? Math.ceil(tokensIn * price.in + tokensOut * price.out);

function done<Value>(row: TextRow, said: readonly [Said, ...Said[]]): TextDone<Value> {
  const sum = (amount: (one: Said) => number) => said.reduce((total, one) => total + amount(one), 0);
  const { text, cut } = said.at(-1) ?? said[0];
  return {
    kind: "done",
    text,
    cut,
    model: row.model,
    tokensIn: sum(({ tokensIn }) => tokensIn),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    costMicroUsd: sum((one) => costOf(row, one)),
  };
}

/** At most: no word has more tokens than letters, and a second try reads the first. */
export function costAtMost(
  { system = "", messages, maxTokens, schema }: TextRequest<unknown>,
  { tokenPriceMicroUsd: price }: TextRow,
): number {
  const letters = system.length + messages.reduce((sum, { content }) => sum + content.length + lettersOfMessage, 0);
  const once = Math.ceil(letters * price.in + maxTokens * price.out);
  return schema ? 2 * once + Math.ceil((maxTokens + lettersOfCorrection) * price.in) : once;
}

const lettersOfMessage = 20;
const lettersOfCorrection = 1_000;

type Fit<Value> = { fits: true; value: Value } | { fits: false; wrong: string };

/** Some models wrap their JSON in a fence. */
function fitting<Value>(schema: z.ZodType<Value>, text: string): Fit<Value> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, ""));
  } catch {
    return { fits: false, wrong: "it is not JSON." };
  }
  const read = schema.safeParse(json);
  return read.success ? { fits: true, value: read.data } : { fits: false, wrong: `${z.prettifyError(read.error).slice(0, 600)}.` };
}
