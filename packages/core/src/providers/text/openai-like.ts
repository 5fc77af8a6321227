import * as z from "zod";
import type { OutsideAnswer } from "../../outside/index.ts";
import type { Failed, Failure, Means, Settings } from "../contract.ts";
import { failed } from "../failures.ts";
import { lineTo } from "../line.ts";
import { openaiFailureOf } from "../openai-failures.ts";
import type { TextModel, TextRow } from "./contract.ts";
import { type Ask, costAtMost, shaped } from "./shaped.ts";

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
  return {
    name,
    title,
    missing: () => (settings.key ? [] : ["key"]),
    estimate(request) {
      const row = rowOf(request.model);
      return row ? costAtMost(request, row) : 0;
    },
    async complete(request) {
      if (!settings.key) return failed("reauthorise", `${name} is not configured. Set key.`);
      const row = rowOf(request.model);
      if (row?.state !== "live") return failed("bad-request", `${title} has no model ${request.model} in the catalogue, or it is retired.`);
      const { system, maxTokens } = request;
      const ask: Ask = async (messages, schema) => {
        const body = {
          model: row.model,
          messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages],
          [limit]: maxTokens,
          ...(schema && { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } }),
        };
        const heard = await line.pay(path, body, Chat);
        return heard.kind === "failed" ? heard : saidBy(title, heard.value);
      };
      return shaped(request, row, ask);
    },
  };
}

function saidBy(title: string, { choices: [choice], usage }: z.infer<typeof Chat>): Awaited<ReturnType<Ask>> {
  const text = choice?.message.content ?? "";
  const refused: Failed = failed("refused", `${title} refuses to answer. Change the words.`);
  if (choice?.message.refusal || choice?.finish_reason === "content_filter") return refused;
  const { prompt_tokens: tokensIn = 0, completion_tokens: tokensOut = 0, estimated_cost: dollars } = usage ?? {};
  const cut = choice?.finish_reason === "length";
  return { kind: "said", text, tokensIn, tokensOut, cut, ...(dollars !== undefined && { costMicroUsd: Math.ceil(dollars * 1_000_000) }) };
}

/** ⚠ 498 is Groq's word for no room at the moment. */
function failureOf(title: string) {
  const usual = openaiFailureOf(title);
  return (answer: OutsideAnswer): Failure | undefined =>
    answer.status === 498 ? { class: "retry", detail: `${title} has no room at the moment.`, retryAfterMs: 10_000 } : usual(answer);
}
