import type * as z from "zod";
import type { Failed } from "../contract.ts";

export type TextMessage = { role: "user" | "assistant"; content: string };

export type TextRequest<Value> = {
  model: string;
  system?: string;
  /** The last one is the user's. */
  messages: readonly TextMessage[];
  /** Of the answer. */
  maxTokens: number;
  /** Asks for JSON of this shape. What does not fit is asked for once more, with what is wrong with it, and then is a failure. */
  schema?: z.ZodType<Value>;
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
};

/** One model of text and what it costs for a token, millionths of a dollar. */
export type TextRow = {
  provider: string;
  model: string;
  title: string;
  tokenPriceMicroUsd: { in: number; out: number };
  state: "live" | "retired";
  why?: string;
  source: string;
};
