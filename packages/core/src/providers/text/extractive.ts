import * as z from "zod";
import { failed } from "../failures.ts";
import { hasPicture } from "./asked.ts";
import type { TextModel } from "./contract.ts";

/** Words that carry little: frequent ones of English. Those of other languages are only outweighed. */
const stopWords = new Set(
  "a about after all also an and any are as at be because been but by can could did do does for from had has have he her his how i if in into is it its like may more most no not of on one only or other our out over she so some such than that the their them then there these they this to up was we were what when which while who will with would you your".split(
    " ",
  ),
);

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]{3,}/gu)
    ?.filter((word) => !stopWords.has(word)) ?? [];

const sentencesOf = (text: string): string[] =>
  [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((one) => one !== "");

/** Words by how often they come, the more frequent and then the earlier first. */
function keywordsOf(text: string): [word: string, count: number][] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** `isCut`: in the middle of a sentence. */
type Gist = { words: string; isCut: boolean };

/** The sentences that hold most of the text's own frequent words, in their order, as many as fit. At least one, cut if it must be. */
function gist(text: string, lettersMax: number): Gist {
  const weights = new Map(keywordsOf(text));
  const scored = sentencesOf(text).map((sentence, place) => {
    const words = wordsOf(sentence);
    return { sentence, place, score: words.reduce((sum, word) => sum + (weights.get(word) ?? 0), 0) / Math.sqrt(words.length + 1) };
  });
  const chosen: typeof scored = [];
  let letters = 0;
  for (const one of scored.toSorted((first, second) => second.score - first.score)) {
    if (letters + one.sentence.length + 1 > lettersMax) continue;
    chosen.push(one);
    letters += one.sentence.length + 1;
  }
  const [first] = scored;
  if (chosen.length === 0)
    return { words: (first?.sentence ?? "").slice(0, lettersMax), isCut: (first?.sentence.length ?? 0) > lettersMax };
  const inOrder = chosen.sort((one, other) => one.place - other.place);
  return { words: inOrder.map(({ sentence }) => sentence).join(" "), isCut: false };
}

type JsonSchema = Readonly<Record<string, unknown>>;
const lettersPerToken = 4;
const itemsMax = 5;

/** Fills a shape from the text: strings with its gist, lists of strings with its frequent words. Whatever else is asked for stays out. `cuts` is told of each cut. */
function filled(schema: JsonSchema, text: string, lettersMax: number, cuts: string[]): unknown {
  const { type, properties, items, maxLength, maxItems } = schema;
  if (type === "string") {
    const { words, isCut } = gist(text, Math.min(lettersMax, Number(maxLength ?? lettersMax)));
    if (isCut) cuts.push(words);
    return words;
  }
  if (type === "array" && (items as JsonSchema | undefined)?.type === "string")
    return keywordsOf(text)
      .slice(0, Number(maxItems ?? itemsMax))
      .map(([word]) => word);
  if (type !== "object") return undefined;
  return Object.fromEntries(
    Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([field, one]) => [field, filled(one, text, lettersMax, cuts)]),
  );
}

/**
 * Built in, and no language model: it picks sentences and words from what it is given and writes nothing of its own. It needs no key, costs
 * nothing and calls nobody. It says so with every title; a shape that it cannot fill that way is a bad request.
 */
export const extractive: TextModel = {
  name: "extractive",
  title: "Built in: picks sentences from the text itself; not a language model",
  missing: () => [],
  estimate: () => 0,
  async complete({ messages, maxTokens, schema }) {
    if (hasPicture(messages)) return failed("bad-request", "The built-in model only picks sentences and words: it cannot see pictures.");
    const text = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const whole = gist(text, maxTokens * lettersPerToken);
    const done = { kind: "done", model: "extractive-1", tokensIn: 0, tokensOut: 0, costMicroUsd: 0 } as const;
    if (!schema) return { ...done, text: whole.words, cut: whole.isCut };
    const cuts: string[] = [];
    const read = schema.safeParse(filled(z.toJSONSchema(schema, { unrepresentable: "any" }), text, maxTokens * lettersPerToken, cuts));
    if (read.success) return { ...done, text: JSON.stringify(read.data), value: read.data, cut: cuts.length > 0 };
    return failed(
      "bad-request",
      "The built-in model only picks sentences and words: it cannot fill this shape. Configure a language model.",
    );
  },
};
