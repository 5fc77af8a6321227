import { createHash } from "node:crypto";
import { instanceOf } from "./json-instance.ts";

export type TextAsked = {
  /** All that the model reads: what it says follows from this alone. */
  words: string;
  /** The last thing that a person said, to be quoted. */
  prompt: string;
  /** `any` is JSON of the model's own choice. */
  form: { kind: "text" } | { kind: "any" } | { kind: "schema"; schema: unknown };
  tokensMax?: number | undefined;
  /** Of a model that thinks before it speaks: they come out of the same `tokensMax`. */
  thoughtTokens?: number;
  /** What it sees in the pictures that it was sent, which it tells. */
  names?: readonly string[];
  /** Of these pictures. */
  pictureTokens?: number;
  /** Stops in the middle of its JSON. */
  broken: boolean;
};

/** `tokensOut` are those of the text alone. `cut`: ended by `tokensMax`. */
export type TextAnswer = { text: string; tokensIn: number; tokensOut: number; thoughtTokens: number; cut: boolean };

/** ⚠ What a model thinks about little, if nobody tells it not to. */
export const usualThoughtTokens = 700;

const charactersPerToken = 4;

/** What every simulated model of text says: the same to the same words. A token is four characters. */
export function textAnswer(asked: TextAsked): TextAnswer {
  const { words, prompt, form, tokensMax = 100_000, thoughtTokens: wanted = 0, names = [], pictureTokens = 0, broken } = asked;
  const whole =
    form.kind === "text"
      ? prose(words, prompt) + names.map((name) => ` I see: ${name}.`).join("")
      : JSON.stringify(instanceOf(form.kind === "schema" ? form.schema : anySchema, words, names));
  const said = broken && form.kind !== "text" ? whole.slice(0, Math.ceil(whole.length / 2)) : whole;
  const thoughtTokens = Math.min(wanted, tokensMax);
  const text = said.slice(0, (tokensMax - thoughtTokens) * charactersPerToken);
  return { text, tokensIn: tokensOf(words) + pictureTokens, tokensOut: tokensOf(text), thoughtTokens, cut: text.length < said.length };
}

export const tokensOf = (text: string): number => Math.ceil(text.length / charactersPerToken);

/** The text as a stream brings it: a few words at a time. */
export const piecesOf = (text: string): string[] => text.match(/.{1,12}/gsu) ?? [];

const anySchema = { type: "object", properties: { answer: { type: "string" } } };
const vocabulary = [
  "light",
  "color",
  "calm",
  "sharp",
  "field",
  "morning",
  "frame",
  "texture",
  "shadow",
  "line",
  "warm",
  "quiet",
  "bold",
  "soft",
  "near",
  "far",
];

function prose(words: string, prompt: string): string {
  const digest = createHash("sha256").update(words).digest();
  const drawn = [...digest.subarray(0, 12)].map((byte) => vocabulary[byte % vocabulary.length]);
  return `A simulated answer to “${prompt.slice(0, 80)}”: ${drawn.join(" ")}.`;
}
