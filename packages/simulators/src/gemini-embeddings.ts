import { createHash, randomUUID } from "node:crypto";
import { type Answer, json } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { invalid, wordsOf } from "./gemini-requests.ts";
import { seeded } from "./random.ts";
import { tokensOf } from "./text-model.ts";

const dimensionsMax = 3_072;
const dimensionsMin = 128;
/** ⚠ How many one batch may hold. */
const batchMax = 100;
/** ⚠ Millionths of a dollar. */
const microUsdPerToken = 0.15;
const wordsMax = 2_048;

/** The sum of a vector for each word, so that texts that share words lie near each other. All words weigh the same. */
function vectorOf(model: string, text: string, dimensions: number): number[] {
  const sum = new Float64Array(dimensions);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""];
  for (const word of words.slice(0, wordsMax)) {
    // Another model is another space.
    const random = seeded(createHash("sha256").update(`${model}\0${word}`).digest().readUInt32BE(0));
    for (let at = 0; at < dimensions; at += 1) sum[at] = (sum[at] ?? 0) + random() - 0.5;
  }
  // ⚠ Only vectors of full length come with length 1.
  const length = Math.hypot(...sum) / (dimensions === dimensionsMax ? 1 : 0.9);
  return [...sum].map((value) => value / length);
}

type EmbedRequest = { model?: unknown; content?: { parts?: unknown }; taskType?: unknown; outputDimensionality?: unknown };

function embedded(exchange: Exchange, model: string, request: EmbedRequest): { values: number[] } {
  const { content, taskType, outputDimensionality = dimensionsMax } = request;
  const text = wordsOf(content?.parts);
  if (!Array.isArray(content?.parts) || content.parts.length === 0) invalid("* EmbedContentRequest.content: contents is not specified");
  if (
    !Number.isInteger(outputDimensionality) ||
    Number(outputDimensionality) < dimensionsMin ||
    Number(outputDimensionality) > dimensionsMax
  )
    invalid(`output_dimensionality must be between ${dimensionsMin} and ${dimensionsMax}.`);
  // ⚠ Whether the newer model refuses a task, or takes no notice of it.
  if (taskType !== undefined && model.startsWith("gemini-embedding-2")) invalid("task_type is not supported for this model.");
  exchange.accept({
    id: randomUUID(),
    model,
    prompt: text,
    parameters: { outputDimensionality, taskType },
    state: "succeeded",
    costMicroUsd: Math.ceil(tokensOf(text) * microUsdPerToken),
  });
  return { values: vectorOf(model, text, Number(outputDimensionality)) };
}

/** One vector for one content, however many parts it has: that is how several texts in one request become one vector. */
export function embed(exchange: Exchange, model: string): Answer {
  return json(200, { embedding: embedded(exchange, model, exchange.json()) });
}

/** A vector for each request, in their order. */
export function embedBatch(exchange: Exchange, model: string): Answer {
  const { requests } = exchange.json();
  if (!Array.isArray(requests) || requests.length < 1 || requests.length > batchMax) invalid(`requests: 1 to ${batchMax} are needed`);
  const list = requests as EmbedRequest[];
  if (list.some((request) => request.model !== `models/${model}`)) invalid("The model of each request must be that of the batch.");
  return json(200, { embeddings: list.map((request) => embedded(exchange, model, request)) });
}
