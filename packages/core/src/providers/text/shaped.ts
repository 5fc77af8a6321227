import * as z from "zod";
import type { Failed } from "../contract.ts";
import { failed } from "../failures.ts";
import type { TextDone, TextMessage, TextRequest, TextRow } from "./contract.ts";

/** One answer of a model, before anybody has looked whether it fits. `refusal`: it will not say it; what it has read and said is billed all the same. */
export type Said = {
  kind: "said";
  text: string;
  tokensIn: number;
  tokensOut: number;
  cut: boolean;
  costMicroUsd?: number;
  refusal?: string;
};
export type Ask = (
  messages: readonly TextMessage[],
  jsonSchema: object | undefined,
  atMostMs: number | undefined,
) => Promise<Said | Failed>;

/** A second try that has less time than this is not made, milliseconds. */
const leastMs = 500;

/** Asks once and, where JSON was wanted and what came does not fit, once more with what is wrong with it. */
export async function shaped<Value>(request: TextRequest<Value>, row: TextRow, ask: Ask): Promise<TextDone<Value> | Failed> {
  const { schema, messages } = request;
  const jsonSchema = schema && jsonSchemaOf(schema);
  const first = unrefused(row, await ask(messages, jsonSchema, leftOf(request)));
  if (first.kind === "failed") return first;
  if (!schema) return first.text.trim() === "" ? emptied(row, first) : doneBy(row, [first]);
  const read = fitting(schema, first.text);
  if (read.fits) return { ...doneBy<Value>(row, [first]), value: read.value };

  const paid = costOf(row, first);
  const left = leftOf(request);
  if (left !== undefined && left < leastMs)
    return failed("misfit", `${row.title}: its answer does not fit, and there is no time for a second try.`, { billedMicroUsd: paid });
  const correction = `That does not fit: ${read.wrong} Answer with the whole JSON again, and nothing else.`;
  const again = [...messages, { role: "assistant", content: first.text }, { role: "user", content: correction }] as const;
  const second = unrefused(row, await ask(again, jsonSchema, left));
  if (second.kind === "failed") {
    const billedMicroUsd = paid + (second.failure.billedMicroUsd ?? 0);
    return { kind: "failed", failure: { ...second.failure, billedMicroUsd } };
  }
  const better = fitting(schema, second.text);
  if (better.fits) return { ...doneBy<Value>(row, [first, second]), value: better.value };
  const why = second.cut
    ? "Its answer was cut off: allow more tokens."
    : `It does not keep to the shape that was asked for: ${better.wrong}`;
  return failed("misfit", `${row.title}: ${why}`, { billedMicroUsd: paid + costOf(row, second) });
}

/** No words are no answer, and are billed all the same: a model may think until its tokens are used up. */
export const emptied = (row: TextRow, said: Said): Failed =>
  failed("misfit", `${row.title}: ${said.cut ? "its tokens were used up before its first word: allow more." : "its answer is empty."}`, {
    billedMicroUsd: costOf(row, said),
  });

const leftOf = ({ until }: TextRequest<unknown>): number | undefined =>
  until === undefined ? undefined : Math.max(1, until - performance.now());

const unrefused = (row: TextRow, said: Said | Failed): Said | Failed =>
  said.kind === "said" && said.refusal !== undefined ? failed("refused", said.refusal, { billedMicroUsd: costOf(row, said) }) : said;

const jsonSchemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { unrepresentable: "any" });

/** By the provider's own count where it gives one. */
export const costOf = (
  { tokenPriceMicroUsd: price }: TextRow,
  { tokensIn, tokensOut, costMicroUsd }: Omit<Said, "kind" | "text" | "cut">,
) => costMicroUsd ?? Math.ceil(tokensIn * price.in + tokensOut * price.out);

export function doneBy<Value>(row: TextRow, said: readonly [Said, ...Said[]]): TextDone<Value> {
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

/** At most: no text has more tokens than bytes of UTF-8, a schema is read like words, a picture counts as its model says, and a second try reads the first. */
export function costAtMost(
  { system = "", messages, maxTokens, schema }: TextRequest<unknown>,
  { tokenPriceMicroUsd: price, sees }: TextRow,
): number {
  const words = [system, ...messages.map(({ content }) => content), schema ? JSON.stringify(jsonSchemaOf(schema)) : ""];
  const bytes = words.reduce((sum, text) => sum + Buffer.byteLength(text) + bytesOfMessage, 0);
  const pictures = messages.filter(({ picture }) => picture !== undefined).length;
  const once = Math.ceil((bytes + pictures * (sees?.tokensMax ?? 0)) * price.in + maxTokens * price.out);
  return schema ? 2 * once + Math.ceil((maxTokens + bytesOfCorrection) * price.in) : once;
}

const bytesOfMessage = 20;
const bytesOfCorrection = 2_000;

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
