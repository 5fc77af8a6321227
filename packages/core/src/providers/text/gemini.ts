import * as z from "zod";
import type { Failed, Means, Settings } from "../contract.ts";
import { unreadable } from "../failures.ts";
import { geminiBaseUrl, geminiFailureOf, geminiTitle, generateContent } from "../gemini-client.ts";
import { lineTo } from "../line.ts";
import { askedOf } from "./asked.ts";
import type { TextMessage, TextModel, TextRequest, TextRow } from "./contract.ts";
import { type Ask, costAtMost, type Said, shaped } from "./shaped.ts";
import { type Heard, streamed } from "./streamed.ts";

const name = "gemini";

const Generated = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z
          .looseObject({ parts: z.array(z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() })).optional() })
          .optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  promptFeedback: z.looseObject({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .looseObject({
      promptTokenCount: z.number().optional(),
      candidatesTokenCount: z.number().optional(),
      thoughtsTokenCount: z.number().optional(),
    })
    .optional(),
});

/** Gemini's models of text (contracts.md §1.4). */
export function geminiText(settings: Settings, { models, ...means }: Omit<Means, "models"> & { models: readonly TextRow[] }): TextModel {
  const { key = "" } = settings;
  const line = lineTo(
    { title: geminiTitle, baseUrl: geminiBaseUrl, headers: { "x-goog-api-key": key }, errorsAreFree: true, failureOf: geminiFailureOf },
    settings,
    means,
  );
  const rowOf = (model: string) => models.find((row) => row.provider === name && row.model === model);
  const speaker = { name, title: geminiTitle, key: settings.key, models };
  return {
    name,
    title: geminiTitle,
    missing: () => (settings.key ? [] : ["key"]),
    estimate(request) {
      const row = rowOf(request.model);
      return row ? costAtMost(request, row) : 0;
    },
    async complete(request) {
      const row = askedOf(speaker, request);
      if ("kind" in row) return row;
      const ask: Ask = async (messages, schema, atMostMs) => {
        const heard = await generateContent(
          { outside: means.outside, key, line, ...(atMostMs !== undefined && { atMostMs }) },
          row.model,
          requestOf(row, messages, request, schema),
          Generated,
        );
        return heard.kind === "failed" ? heard : saidBy(heard.value, costAtMost(request, row));
      };
      return shaped(request, row, ask);
    },
    async *stream(request) {
      const row = askedOf(speaker, request);
      if ("kind" in row) return yield row;
      const path = `/v1beta/models/${encodeURIComponent(row.model)}:streamGenerateContent?alt=sse`;
      const body = requestOf(row, request.messages, request, undefined);
      const uncountedMicroUsd = costAtMost(request, row);
      yield* streamed({ ...{ title: geminiTitle, line, path, body, row, request, uncountedMicroUsd }, shape: Generated, hear: heardIn });
    },
  };
}

/** The picture before the words that are about it. */
const partsOf = ({ content, picture }: TextMessage) => [
  ...(picture ? [{ inlineData: { mimeType: picture.mimeType, data: picture.bytes.toString("base64") } }] : []),
  { text: content },
];

const requestOf = (
  { thinkLeast }: TextRow,
  messages: readonly TextMessage[],
  { system, maxTokens }: TextRequest<unknown>,
  schema: object | undefined,
) => ({
  contents: messages.map((message) => ({ role: message.role === "assistant" ? "model" : "user", parts: partsOf(message) })),
  ...(system !== undefined && { systemInstruction: { role: "system", parts: [{ text: system }] } }),
  generationConfig: {
    maxOutputTokens: maxTokens,
    ...thinkLeast,
    ...(schema && { responseMimeType: "application/json", responseJsonSchema: schema }),
  },
});

/** The last chunk has the reason of its end. Counts in earlier ones are of what was said till then. Refusals come with 200; thoughts are billed and not told. */
function heardIn({ candidates: [candidate] = [], promptFeedback, usageMetadata = {} }: z.infer<typeof Generated>): Heard {
  const { finishReason } = candidate ?? {};
  const isBlocked = promptFeedback?.blockReason !== undefined;
  const refused = isBlocked || /SAFETY|RECITATION|LANGUAGE|BLOCKLIST|PROHIBITED_CONTENT|SPII/.test(finishReason ?? "");
  const words = (candidate?.content?.parts ?? []).flatMap((part) => (part.thought ? [] : [part.text ?? ""])).join("");
  const { promptTokenCount: tokensIn, candidatesTokenCount: told, thoughtsTokenCount: thought = 0 } = usageMetadata;
  const isCounted = tokensIn !== undefined && (words === "" || told !== undefined);
  return {
    words,
    cut: finishReason === "MAX_TOKENS",
    isEnd: isBlocked || finishReason !== undefined,
    ...(refused && { refusal: "Gemini refuses to answer. Change the words." }),
    ...(isCounted && { used: { tokensIn, tokensOut: (told ?? 0) + thought } }),
  };
}

/** What nobody has counted costs what it may cost at most. */
function saidBy(whole: z.infer<typeof Generated>, atMostMicroUsd: number): Said | Failed {
  if (!whole.candidates?.[0] && whole.promptFeedback?.blockReason === undefined) return unreadable(geminiTitle, "pay");
  const { words = "", cut = false, used = { tokensIn: 0, tokensOut: 0, costMicroUsd: atMostMicroUsd }, refusal } = heardIn(whole);
  return { kind: "said", text: words, cut, ...used, ...(refusal !== undefined && { refusal }) };
}
