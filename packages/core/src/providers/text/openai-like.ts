import * as z from "zod";
import type { OutsideAnswer } from "../../outside/index.ts";
import type { Failure, Means, Settings } from "../contract.ts";
import { lineTo } from "../line.ts";
import { openaiFailureOf } from "../openai-failures.ts";
import { askedOf } from "./asked.ts";
import type { TextMessage, TextModel, TextRow } from "./contract.ts";
import { type Ask, costAtMost, type Said, shaped } from "./shaped.ts";
import { type Heard, streamed } from "./streamed.ts";

/** Who speaks OpenAI's form of chats, and how each differs (contracts.md §1.5, §1.10). */
const speakers = {
  openai: { title: "OpenAI", baseUrl: "https://api.openai.com", path: "/v1/chat/completions", limit: "max_completion_tokens" },
  groq: { title: "Groq", baseUrl: "https://api.groq.com", path: "/openai/v1/chat/completions", limit: "max_completion_tokens" },
  deepinfra: { title: "DeepInfra", baseUrl: "https://api.deepinfra.com", path: "/v1/openai/chat/completions", limit: "max_tokens" },
} as const;

export type OpenaiLike = keyof typeof speakers;

const Chat = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z
    .looseObject({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
      estimated_cost: z.number().nonnegative().optional(),
    })
    .optional()
    // Words that were paid for are not thrown away for a count that cannot be read.
    .catch(undefined),
});

type Usage = z.infer<typeof Chat>["usage"];

const Chunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  usage: Chat.shape.usage.nullish(),
});

/** OpenAI, Groq and DeepInfra. ⚠ That all models of the latter two keep to a JSON schema: what does not fit is found out here. */
export function openaiLike(
  name: OpenaiLike,
  settings: Settings,
  { models, ...means }: Omit<Means, "models"> & { models: readonly TextRow[] },
): TextModel {
  const { title, baseUrl, path, limit } = speakers[name];
  const headers = { authorization: `Bearer ${settings.key ?? ""}` };
  const line = lineTo({ title, baseUrl, headers, errorsAreFree: false, failureOf: failureOf(title) }, settings, means);
  const rowOf = (model: string) => models.find((row) => row.provider === name && row.model === model);
  const speaker = { name, title, key: settings.key, models };
  return {
    name,
    title,
    missing: () => (settings.key ? [] : ["key"]),
    estimate(request) {
      const row = rowOf(request.model);
      return row ? costAtMost(request, row) : 0;
    },
    async complete(request) {
      const row = askedOf(speaker, request);
      if ("kind" in row) return row;
      const { system, maxTokens } = request;
      const ask: Ask = async (messages, schema, atMostMs) => {
        const body = {
          model: row.model,
          messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages.map(spoken)],
          [limit]: maxTokens,
          ...row.thinkLeast,
          ...(schema && { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } }),
        };
        const heard = await line.pay(path, body, Chat, atMostMs);
        return heard.kind === "failed" ? heard : saidBy(title, heard.value, costAtMost(request, row));
      };
      return shaped(request, row, ask);
    },
    async *stream(request) {
      const row = askedOf(speaker, request);
      if ("kind" in row) return yield row;
      const { system, messages, maxTokens } = request;
      const body = {
        model: row.model,
        messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages.map(spoken)],
        [limit]: maxTokens,
        ...row.thinkLeast,
        stream: true,
        stream_options: { include_usage: true },
      };
      const uncountedMicroUsd = costAtMost(request, row);
      yield* streamed({
        ...{ title, line, path, body, row, request, uncountedMicroUsd },
        shape: Chunk,
        last: "[DONE]",
        hear: heardIn(title),
      });
    },
  };
}

/** A message as it is sent: words alone, or the picture, in a URL that holds all of it, before the words that are about it. */
const spoken = ({ role, content, picture }: TextMessage) => ({
  role,
  content: picture
    ? [
        { type: "image_url", image_url: { url: `data:${picture.mimeType};base64,${picture.bytes.toString("base64")}` } },
        { type: "text", text: content },
      ]
    : content,
});

/** What was used. A dollar's fraction is not exact in binary: 0.000012 must not become 13 millionths. */
function usedBy({ prompt_tokens: tokensIn, completion_tokens: tokensOut, estimated_cost: dollars }: NonNullable<Usage>) {
  return { tokensIn, tokensOut, ...(dollars !== undefined && { costMicroUsd: Math.ceil(Number((dollars * 1_000_000).toFixed(3))) }) };
}

const heardIn =
  (title: string) =>
  ({ choices: [choice] = [], usage }: z.infer<typeof Chunk>): Heard => {
    const refused = choice?.delta?.refusal || choice?.finish_reason === "content_filter";
    return {
      words: choice?.delta?.content ?? "",
      ...(usage && { used: usedBy(usage) }),
      cut: choice?.finish_reason === "length",
      ...(refused && { refusal: `${title} refuses to answer. Change the words.` }),
    };
  };

/** What nobody has counted costs what it may cost at most. */
function saidBy(title: string, { choices: [choice], usage }: z.infer<typeof Chat>, atMostMicroUsd: number): Said {
  const refused = choice?.message.refusal || choice?.finish_reason === "content_filter";
  return {
    kind: "said",
    text: choice?.message.content ?? "",
    ...(usage ? usedBy(usage) : { tokensIn: 0, tokensOut: 0, costMicroUsd: atMostMicroUsd }),
    cut: choice?.finish_reason === "length",
    ...(refused && { refusal: `${title} refuses to answer. Change the words.` }),
  };
}

/** ⚠ 498 is Groq's word for no room at the moment. */
function failureOf(title: string) {
  const usual = openaiFailureOf(title);
  return (answer: OutsideAnswer): Failure | undefined =>
    answer.status === 498 ? { class: "retry", detail: `${title} has no room at the moment.`, retryAfterMs: 10_000 } : usual(answer);
}
