import { randomUUID } from "node:crypto";
import { type Answer, events, json, Refused } from "./answer.ts";
import type { Definition, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { embed, embedBatch } from "./gemini-embeddings.ts";
import { type ContentAsked, contentAsked, errors, problem } from "./gemini-requests.ts";
import { drawing, encode, namesOf, sidesOf } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";
import { piecesOf, type TextAnswer, textAnswer, usualThoughtTokens } from "./text-model.ts";

/** ⚠ That 2.5-flash-image is gone follows its schedule; gemini-embedding-001 is taken to live on. */
const retired = /^(gemini-1|gemini-2\.0|gemini-2\.5-flash-image|imagen-|text-embedding-|embedding-)/;

/** ⚠ Prices are stand-ins. Millionths of a dollar. */
const microUsdPerPicture = { "1K": 67_000, "2K": 101_000, "4K": 151_000 } as const;
const microUsdPerToken = (model: string) => (model.includes("flash-lite") ? { in: 0.1, out: 0.4 } : { in: 0.3, out: 2.5 });
/** ⚠ Of one picture, whatever its size. */
const tokensOfSeen = 1_120;
const pixels = { "1K": 1_048_576, "2K": 4_194_304, "4K": 16_777_216 } as const;

/**
 * Gemini (contracts.md §1.4) under `/v1beta/models/…`: generateContent for text, JSON and pictures, streamGenerateContent,
 * embedContent and batchEmbedContents. A model whose name ends in `-image` draws; retired ones are not found.
 *
 * `refuse` is a 200 with no candidates; `refuseOtherwise` a candidate without content and with the finish reason. `throttle` has its
 * delay in RetryInfo; `outOfCredit` is the quota of the day.
 */
export function startGemini(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(gemini, { ...options, key: options.key ?? "AIzaSySimulatedSimulatedSimulatedSimula" });
}

type Part = { text: string } | { inlineData: { mimeType: string; data: string } };
type Made = { parts: Part[]; reason: string; usage: object; modelVersion: string; responseId: string; blocked: boolean };

function gemini(house: House): Definition & { controls: object } {
  function make(exchange: Exchange, model: string): Made {
    const asked = contentAsked(exchange.json(), model.endsWith("-image"));
    const { words, prompt, form, tokensMax, picture } = asked;
    const responseId = randomUUID();
    const seed = Math.floor(house.random() * 2 ** 31);
    const said = textAnswer({
      words: `${model}\n${words}`,
      prompt,
      form,
      tokensMax,
      thoughtTokens: /^gemini-3.*flash/.test(model) && !asked.picture && asked.effort !== "minimal" ? usualThoughtTokens : 0,
      names: asked.seen.flatMap(namesOf),
      pictureTokens: asked.seen.length * tokensOfSeen,
      broken: form.kind !== "text" && exchange.does("brokenJson"),
    });
    const [blocked, stopped] = [exchange.does("refuse"), exchange.does("refuseOtherwise")];
    const refused = blocked || stopped;
    const price = microUsdPerToken(model);
    const readCost = Math.ceil(said.tokensIn * price.in);
    const textCost = Math.ceil(said.tokensIn * price.in + (said.tokensOut + said.thoughtTokens) * price.out);
    exchange.accept({
      id: responseId,
      model,
      prompt,
      parameters: picture ? { ...picture, seed } : { form: form.kind, tokensMax, ...(asked.seen.length > 0 && { pictures: asked.seen }) },
      state: refused ? "refused" : "succeeded",
      // ⚠ Of a refusal what was read is billed, and nothing of a picture: our reading.
      costMicroUsd: picture ? (refused ? 0 : microUsdPerPicture[picture.size]) : refused ? readCost : textCost,
    });
    return {
      parts: refused ? [] : picture ? pictureParts(exchange, `${model}\0${words}\0${seed}`, picture, said) : [{ text: said.text }],
      reason: stopped ? (picture ? "IMAGE_SAFETY" : "SAFETY") : said.cut && !picture ? "MAX_TOKENS" : "STOP",
      usage: {
        promptTokenCount: said.tokensIn,
        ...(refused ? {} : { candidatesTokenCount: said.tokensOut }),
        thoughtsTokenCount: refused ? 0 : said.thoughtTokens,
        totalTokenCount: said.tokensIn + (refused ? 0 : said.tokensOut + said.thoughtTokens),
      },
      modelVersion: model,
      responseId,
      blocked,
    };
  }

  return {
    name: "gemini",
    faults: [...transportFaults, ...pictureFaults, "outOfCredit", "refuse", "refuseOtherwise", "brokenJson"],
    bodyBytesMax: 100 * 1024 * 1024,
    admits: (headers) => headers["x-goog-api-key"] === house.key,
    errors,
    controls: {},
    routes: [
      {
        method: "POST",
        path: /^\/v1beta\/models\/(?<model>[^/:]+):(?<method>\w+)$/,
        places: ["work", "result"],
        run(exchange) {
          const { model = "", method = "" } = exchange.params;
          const embeds = model.startsWith("gemini-embedding-");
          const isEmbedding = method === "embedContent" || method === "batchEmbedContents";
          const isContent = method === "generateContent" || method === "streamGenerateContent";
          if (!model.startsWith("gemini-") || retired.test(model) || !(embeds ? isEmbedding : isContent))
            throw new Refused(
              problem("NOT_FOUND", `models/${model} is not found for API version v1beta, or is not supported for ${method}.`),
            );
          if (embeds) return method === "embedContent" ? embed(exchange, model) : embedBatch(exchange, model);
          const made = make(exchange, model);
          if (method === "generateContent") return json(200, whole(made));
          return streamed(made, exchange.query.get("alt") === "sse");
        },
      },
    ],
  };
}

function pictureParts(exchange: Exchange, words: string, picture: NonNullable<ContentAsked["picture"]>, { text }: TextAnswer): Part[] {
  const { width, height } = sidesOf(picture.ratio, pixels[picture.size], 16);
  const { bytes, type } = exchange.shape(encode(drawing(words, width, height)));
  return [...(picture.alsoText ? [{ text }] : []), { inlineData: { mimeType: type, data: bytes.toString("base64") } }];
}

/** The answer in one piece. A blocked prompt has feedback and no candidates; a stopped answer has a candidate without content. */
function whole({ parts, reason, usage, modelVersion, responseId, blocked }: Made): object {
  const rest = { usageMetadata: usage, modelVersion, responseId };
  if (blocked) return { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, ...rest };
  const content = parts.length > 0 ? { content: { role: "model", parts } } : {};
  const message = parts.length > 0 ? {} : { finishMessage: "The response was blocked." };
  return { candidates: [{ ...content, finishReason: reason, ...message, index: 0 }], ...rest };
}

/** Pieces of the same shape; the reason and the usage come with the last. Without `alt=sse` they are a JSON list. */
function streamed(made: Made, sse: boolean): Answer {
  const { modelVersion, responseId } = made;
  const pieces: Part[] = made.parts.flatMap((part): Part[] => ("text" in part ? piecesOf(part.text).map((text) => ({ text })) : [part]));
  const last = pieces.at(-1);
  const chunks = [
    ...pieces
      .slice(0, -1)
      .map((part) => ({ candidates: [{ content: { role: "model", parts: [part] }, index: 0 }], modelVersion, responseId })),
    whole({ ...made, parts: last ? [last] : [] }),
  ];
  return sse
    ? events(
        chunks.map((chunk) => JSON.stringify(chunk)),
        "\r\n\r\n",
      )
    : json(200, chunks);
}
