import type * as z from "zod";
import type { Failed } from "../contract.ts";

/** A picture for a model that sees: small, and with nothing in its file that nobody needs to know. */
export type TextPicture = { bytes: Buffer; mimeType: "image/jpeg" | "image/png" | "image/webp" };

/** `picture` goes along with the words; a model that is blind is not asked then. */
export type TextMessage = { role: "user" | "assistant"; content: string; picture?: TextPicture };

export type TextRequest<Value> = {
  model: string;
  system?: string;
  /** The last one is the user's. */
  messages: readonly TextMessage[];
  /** Of the answer. */
  maxTokens: number;
  /** Asks for JSON of this shape. What does not fit is asked for once more, with what is wrong with it, and then is a failure. */
  schema?: z.ZodType<Value>;
  /** Until when the whole answer has to be there, the second try included; by the clock of `performance.now()`. By default as long as the settings say. */
  until?: number;
};

export type TextDone<Value> = {
  kind: "done";
  text: string;
  /** There if a schema was asked for, and fits it. */
  value?: Value;
  model: string;
  tokensIn: number;
  tokensOut: number;
  /** Millionths of a dollar, the second try included. */
  costMicroUsd: number;
  /** Whether the answer was ended by `maxTokens`. */
  cut: boolean;
};

/**
 * Whatever writes. Failures are those of pictures, and are values. `complete` makes one paid request; two, where a schema was asked for and the
 * first answer did not fit it.
 */
export type TextModel = {
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  /** The settings that are missing, by name. */
  missing(): readonly string[];
  /** What a request costs at most, in millionths of a dollar, with the second try where there may be one. */
  estimate(request: TextRequest<unknown>): number;
  complete<Value>(request: TextRequest<Value>): Promise<TextDone<Value> | Failed>;
  /** The same in pieces as they come, without a schema: one paid request. Whoever stops listening breaks it off. Where the provider offers it. */
  stream?(request: Omit<TextRequest<unknown>, "schema">): AsyncIterable<TextPiece>;
};

/**
 * Words, and at the very end how it went: `done` with all the words and the price, once the provider has said that it is at its end; a stream that broke off
 * is a failure of class `unknown-outcome`, whatever words came before.
 */
export type TextPiece = { kind: "words"; text: string } | TextDone<unknown> | Failed;

/** One model of text and what it costs for a token, millionths of a dollar. */
export type TextRow = {
  provider: string;
  model: string;
  title: string;
  tokenPriceMicroUsd: { in: number; out: number };
  /**
   * Of a model that thinks before it speaks, what has it think as little as it can, as its provider's requests say it. Thoughts come out of `maxTokens` and are
   * billed: captions and verdicts need none, and would be cut off before their first word.
   */
  thinkLeast?: Readonly<Record<string, unknown>>;
  /** Of a model that sees pictures: how many tokens one of them counts at most. Without it, it reads words alone. */
  sees?: { tokensMax: number };
  state: "live" | "retired";
  why?: string;
  source: string;
};
