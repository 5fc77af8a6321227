import { type GenerateContentRequest, GoogleGenerativeAI } from "@google/generative-ai";
import type * as z from "zod";
import { type Outside, type OutsideAnswer, OutsideError, oneCall } from "../outside/index.ts";
import type { Failed, Failure } from "./contract.ts";
import { cappedMs, failedByOutside, type Purpose, unreadable } from "./failures.ts";
import { jsonOf, type Line } from "./line.ts";

/** The one file that knows the package, which is no longer developed: another client would take its place here. */

export const geminiTitle = "Gemini";
export const geminiBaseUrl = "https://generativelanguage.googleapis.com";

/** The package's types are older than some fields, which it hands on as they are. */
export type GeminiRequest = Omit<GenerateContentRequest, "generationConfig" | "systemInstruction"> & {
  generationConfig?: Readonly<Record<string, unknown>>;
  systemInstruction?: { parts: { text: string }[]; role: string };
};

/** One request of `generateContent`. */
export async function generateContent<Value>(
  {
    outside,
    key,
    line,
    purpose = "pay",
    atMostMs = Number.POSITIVE_INFINITY,
  }: { outside: Outside; key: string; line: Line; purpose?: Purpose; atMostMs?: number },
  model: string,
  request: GeminiRequest,
  shape: z.ZodType<Value>,
): Promise<{ kind: "heard"; value: Value } | Failed> {
  const { fetch, outcome } = oneCall(outside, {
    deadlineMs: Math.min(atMostMs, line.submitMs),
    maxBytes: line.answerBytesMax,
    allow: line.allow,
  });
  const generative = new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl: line.baseUrl });
  const thrown = await withFetch(fetch, () => generative.generateContent(request as GenerateContentRequest)).then(
    () => undefined,
    (error: unknown) => error,
  );
  const answer = outcome();
  if (answer === undefined) throw thrown;
  if (answer instanceof OutsideError) return failedByOutside(answer, geminiTitle, purpose);
  const wrong = line.wrongWith(answer, purpose);
  if (wrong) return wrong;
  const read = shape.safeParse(jsonOf(answer));
  return read.success ? { kind: "heard", value: read.data } : unreadable(geminiTitle, purpose);
}

/**
 * The package has no option for `fetch`, follows redirects and reads bodies without end. It takes the global one at the moment of the call,
 * before its first `await`: so ours stands there for that synchronous moment, in which nothing else can run.
 */
function withFetch<Value>(fetch: typeof globalThis.fetch, start: () => Promise<Value>): Promise<Value> {
  const before = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return start();
  } finally {
    globalThis.fetch = before;
  }
}

type Detail = { reason?: unknown; retryDelay?: unknown; violations?: { quotaId?: unknown }[] };

/** What Google's errors say in their details: a wrong key is a 400, a used-up day a 429, and the delay is no header. */
export function geminiFailureOf(answer: OutsideAnswer): Failure | undefined {
  if (answer.status < 400) return undefined;
  const { error } = (jsonOf(answer) ?? {}) as { error?: { message?: unknown; details?: unknown } };
  const details = (Array.isArray(error?.details) ? error.details : []) as Detail[];
  const words = String(error?.message ?? "");
  if (details.some(({ reason }) => reason === "API_KEY_INVALID") || /API key/i.test(words))
    return { class: "reauthorise", detail: `Gemini does not accept the key. Check it. It says: “${words}”` };
  if (answer.status !== 429) return undefined;
  if (details.some(({ violations }) => violations?.some(({ quotaId }) => String(quotaId).includes("PerDay"))))
    return { class: "out-of-credit", detail: "The quota of the day at Gemini is used up. It is filled again at midnight in California." };
  const delay = details.map(({ retryDelay }) => /^([\d.]+)s$/.exec(String(retryDelay))?.[1]).find((seconds) => seconds !== undefined);
  if (delay === undefined) return undefined;
  return { class: "retry", detail: "Gemini takes no more for now. Wait and ask again.", retryAfterMs: cappedMs(Number(delay) * 1000) };
}
