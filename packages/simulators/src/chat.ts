import { randomUUID } from "node:crypto";
import { type Answer, events, json } from "./answer.ts";
import { picturesIn, tokensOfPicture } from "./chat-pictures.ts";
import type { House, Route } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault } from "./faults.ts";
import { invalid } from "./openai-errors.ts";
import { namesOf } from "./pictures/index.ts";
import { piecesOf, type TextAnswer, type TextAsked, textAnswer, usualThoughtTokens } from "./text-model.ts";

/** What a chat of OpenAI's form can do wrong beside what any provider can. */
export const chatFaults = ["outOfCredit", "refuse", "refuseOtherwise", "brokenJson"] as const satisfies readonly Fault[];

export type ChatManner = {
  path: RegExp;
  /** By default the answer is the result too. */
  places?: Route["places"];
  /** Millionths of a dollar. */
  microUsdPerToken: { in: number; out: number };
  /** On every answer of the chat. */
  headers?(): Record<string, string>;
  /** Beside the usual counts of tokens. */
  usage?(costMicroUsd: number): object;
  /** OpenAI's own models have a field for refusals, others refuse in words. */
  refusesIn: "refusal" | "content";
  /** Models that think, unless they are told to do so as little as they can. */
  thinks?: RegExp;
  /** Models that take pictures. */
  sees?: RegExp;
  /** Answers itself where it knows the model, such as one that draws. */
  instead?(exchange: Exchange, model: string, prompt: string): Answer | undefined;
};

type Message = { role: string; content: unknown };

const roles = ["system", "developer", "user", "assistant", "tool"];
const messagesMax = 1_000;

/** `POST …/chat/completions` as OpenAI has it, whole or as server-sent events. Tools are taken and never called. */
export function chatRoute(house: House, manner: ChatManner): Route {
  return {
    method: "POST",
    path: manner.path,
    places: manner.places ?? ["work", "result"],
    run: (exchange) => chat(house, manner, exchange),
  };
}

function chat(house: House, manner: ChatManner, exchange: Exchange): Answer {
  const body = exchange.json();
  const { model } = body;
  if (typeof model !== "string" || model === "") invalid("you must provide a model parameter", "model");
  const messages = messagesOf(body.messages);
  const prompt = textOf(messages.findLast(({ role }) => role === "user")?.content);
  const instead = manner.instead?.(exchange, model, prompt);
  if (instead) return instead;
  const sees = manner.sees?.test(model) ?? false;
  const pictures = messages.flatMap(({ content }, index) => picturesIn(content, `messages[${index}].content`, sees));
  const said = messages.map(({ role, content }) => `${role}: ${textOf(content)}`);
  const words = [...said, ...pictures.map(({ sha256 }) => `[picture ${sha256}]`)].join("\n");
  const form = formOf(body.response_format, words);
  const tokensMax = tokensMaxOf(body.max_completion_tokens ?? body.max_tokens);

  const answer = textAnswer({
    words: `${model}\n${words}`,
    prompt,
    form,
    tokensMax,
    thoughtTokens: manner.thinks?.test(model) && effortOf(body.reasoning_effort) !== "minimal" ? usualThoughtTokens : 0,
    names: pictures.flatMap(namesOf),
    pictureTokens: pictures.reduce((sum, picture) => sum + tokensOfPicture(picture), 0),
    broken: form.kind !== "text" && exchange.does("brokenJson"),
  });
  const [refused, filtered] = [exchange.does("refuse"), exchange.does("refuseOtherwise")];
  const id = `chatcmpl-${randomUUID().replaceAll("-", "")}`;
  const { microUsdPerToken: price } = manner;
  // Thoughts are billed like words, and not told.
  const tokensOut = answer.tokensOut + answer.thoughtTokens;
  const costMicroUsd = Math.ceil(answer.tokensIn * price.in + tokensOut * price.out);
  exchange.accept({
    id,
    model,
    prompt,
    parameters: { form: form.kind, tokensMax, stream: body.stream === true, ...(pictures.length > 0 && { pictures }) },
    state: refused || filtered ? "refused" : "succeeded",
    // What a refusal says is billed like any other words.
    costMicroUsd,
  });
  const spoken = saying(answer, refused ? manner.refusesIn : filtered ? "filtered" : "said");
  const usage = {
    prompt_tokens: answer.tokensIn,
    completion_tokens: tokensOut,
    total_tokens: answer.tokensIn + tokensOut,
    completion_tokens_details: { reasoning_tokens: answer.thoughtTokens },
    ...manner.usage?.(costMicroUsd),
  };
  const head = { id, created: Math.floor(house.now() / 1000), model };
  const headers = { "x-request-id": id, ...manner.headers?.() };
  if (body.stream !== true)
    return json(
      200,
      {
        ...head,
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", ...spoken.message }, finish_reason: spoken.reason }],
        usage,
      },
      headers,
    );
  const wantsUsage = (body.stream_options as { include_usage?: unknown } | undefined)?.include_usage === true;
  const streamed = events(chunksOf(head, spoken, wantsUsage ? usage : undefined));
  return { ...streamed, headers: { ...streamed.headers, ...headers } };
}

type Said = { message: { content: string | null; refusal?: string | null }; reason: string };

const sorry = "I'm sorry, but I can't help with that.";

function saying({ text, cut }: TextAnswer, how: "said" | "refusal" | "content" | "filtered"): Said {
  if (how === "refusal") return { message: { content: null, refusal: sorry }, reason: "stop" };
  if (how === "content") return { message: { content: sorry }, reason: "stop" };
  if (how === "filtered") return { message: { content: "" }, reason: "content_filter" };
  return { message: { content: text }, reason: cut ? "length" : "stop" };
}

function chunksOf(head: object, { message, reason }: Said, usage: object | undefined): string[] {
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const deltas = message.refusal ? [{ refusal: message.refusal }] : piecesOf(message.content ?? "").map((content) => ({ content }));
  return [
    chunk({ role: "assistant", content: "" }, null),
    ...deltas.map((delta) => chunk(delta, null)),
    chunk({}, reason),
    ...(usage ? [{ ...head, object: "chat.completion.chunk", choices: [], usage }] : []),
  ]
    .map((one) => JSON.stringify(one))
    .concat("[DONE]");
}

function messagesOf(value: unknown): Message[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > messagesMax)
    invalid("messages is a list that is not empty", "messages");
  const messages = value as Message[];
  for (const [index, message] of messages.entries()) {
    if (!roles.includes(message?.role)) invalid(`messages[${index}].role is one of ${roles.join(", ")}`, `messages[${index}].role`);
    const { content } = message;
    if (typeof content !== "string" && !Array.isArray(content) && message.role !== "assistant")
      invalid(`messages[${index}].content is a string or a list of parts`, `messages[${index}].content`);
  }
  return messages;
}

/** The words of a message; of its parts, those that are text. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as { text?: unknown }[]).flatMap(({ text }) => (typeof text === "string" ? [text] : [])).join(" ");
}

function formOf(value: unknown, words: string): TextAsked["form"] {
  const format = (value ?? { type: "text" }) as { type?: unknown; json_schema?: { name?: unknown; schema?: unknown } };
  if (format.type === "text") return { kind: "text" };
  if (format.type === "json_object") {
    if (!/json/i.test(words))
      invalid("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages");
    return { kind: "any" };
  }
  if (format.type !== "json_schema") invalid("response_format.type is text, json_object or json_schema", "response_format.type");
  const { name, schema } = format.json_schema ?? {};
  if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) invalid("json_schema.name is needed", "response_format.json_schema.name");
  if (typeof schema !== "object" || schema === null) invalid("json_schema.schema is needed", "response_format.json_schema.schema");
  return { kind: "schema", schema };
}

function effortOf(value: unknown): string {
  if (value === undefined || value === null) return "medium";
  if (!["minimal", "low", "medium", "high"].includes(String(value)))
    invalid(`Unsupported value: '${value}'. Supported values are: 'minimal', 'low', 'medium', and 'high'.`, "reasoning_effort");
  return String(value);
}

function tokensMaxOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value) || Number(value) < 1) invalid("max_tokens is a whole number, 1 or more", "max_tokens");
  return Number(value);
}
