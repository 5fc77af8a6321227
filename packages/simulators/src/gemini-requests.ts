import { type Answer, json, Refused } from "./answer.ts";
import type { Errors } from "./contract.ts";
import { bytesOf, type Seen, seenIn } from "./pictures/index.ts";
import type { TextAsked } from "./text-model.ts";

const codes = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

/** Google's shape of an error. */
export const problem = (status: keyof typeof codes, message: string, details: readonly object[] = []): Answer =>
  json(codes[status], { error: { code: codes[status], message, status, details } });

const invalidKey = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" };

function exhausted(quotaId: string, retryAfterS: number | undefined): Answer {
  const quota = { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId, quotaValue: "10" }] };
  const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${(retryAfterS ?? 0) + 0.25}s` };
  return problem("RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details.", [
    quota,
    ...(retryAfterS === undefined ? [] : [retry]),
  ]);
}

export const errors: Errors = {
  badKey: () => problem("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [invalidKey]),
  notFound: () => problem("NOT_FOUND", "Requested entity was not found."),
  badBody: (detail) => problem("INVALID_ARGUMENT", `Invalid JSON payload received. ${detail}`),
  tooLarge: () => problem("INVALID_ARGUMENT", "Request payload size exceeds the limit."),
  // No Retry-After: the delay stands in the details.
  throttle: (retryAfterS) => exhausted("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", retryAfterS),
  serverError: () => problem("INTERNAL", "An internal error has occurred. Please retry or report."),
  unavailable: () => problem("UNAVAILABLE", "The model is overloaded. Please try again later."),
  // A quota of the day: no delay of its details helps before midnight in California.
  outOfCredit: () => exhausted("GenerateRequestsPerDayPerProjectPerModel-FreeTier", 30),
};

export function invalid(message: string): never {
  throw new Refused(problem("INVALID_ARGUMENT", message));
}

/** What a request of content was found to ask. */
export type ContentAsked = {
  /** All that the model reads. */
  words: string;
  prompt: string;
  form: TextAsked["form"];
  tokensMax: number | undefined;
  /** How much it is to think. */
  effort: string;
  /** Those that it is to look at. */
  seen: readonly Seen[];
  /** Absent where no picture is asked for. */
  picture: { ratio: string; size: "1K" | "2K" | "4K"; alsoText: boolean } | undefined;
};

type Json = Readonly<Record<string, unknown>>;

const topLevel = ["contents", "systemInstruction", "safetySettings", "tools", "toolConfig", "generationConfig", "cachedContent"];
const configured = [
  "maxOutputTokens",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "responseModalities",
  "imageConfig",
  "thinkingConfig",
  "candidateCount",
  "temperature",
  "topP",
  "topK",
  "seed",
  "stopSequences",
];
/** ⚠ Of 4:5 and 5:4. */
const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];
const sizes = ["1K", "2K", "4K"] as const;
const harms = ["HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT"].map((one) => `HARM_CATEGORY_${one}`);
const thresholds = ["BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"];

/** @throws Refused as Google words what it cannot parse. */
export function contentAsked(body: Json, draws: boolean): ContentAsked {
  onlyKnown(body, topLevel, "");
  const config = (body.generationConfig ?? {}) as Json;
  onlyKnown(config, configured, " at 'generation_config'");
  for (const { category, threshold } of listOf(body.safetySettings) as { category?: unknown; threshold?: unknown }[])
    if (!harms.includes(String(category)) || !thresholds.includes(String(threshold))) invalid("Invalid value at 'safety_settings'.");
  const contents = listOf(body.contents) as { role?: unknown; parts?: unknown }[];
  if (contents.length === 0) invalid("* GenerateContentRequest.contents: contents is not specified");
  for (const { role } of contents)
    if (role !== undefined && role !== "user" && role !== "model") invalid("Please use a valid role: user, model.");
  const system = wordsOf((body.systemInstruction as { parts?: unknown } | undefined)?.parts);
  const seen = contents.flatMap(({ parts }, index) => picturesIn(parts, `contents[${index}].parts`));
  const said = contents.map(({ role, parts }) => `${role ?? "user"}: ${wordsOf(parts)}`);
  const asked = contents.findLast(({ role }) => role !== "model");
  return {
    words: [system, ...said, ...seen.map(({ sha256 }) => `[picture ${sha256}]`)].join("\n"),
    prompt: wordsOf(asked?.parts),
    form: formOf(config),
    tokensMax: typeof config.maxOutputTokens === "number" ? config.maxOutputTokens : undefined,
    effort: effortOf(config),
    seen,
    picture: pictureOf(config, draws),
  };
}

function onlyKnown(value: Json, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) invalid(`Invalid JSON payload received. Unknown name "${unknown}"${where}: Cannot find field.`);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The text of parts; a file counts by its type and length. */
export function wordsOf(parts: unknown): string {
  const list = listOf(parts) as { text?: unknown; inlineData?: { mimeType?: unknown; data?: unknown }; fileData?: { fileUri?: unknown } }[];
  return list
    .map(({ text, inlineData, fileData }) => {
      if (typeof text === "string") return text;
      if (inlineData) return `[${inlineData.mimeType} ${String(inlineData.data).length}]`;
      return fileData ? `[${fileData.fileUri}]` : "";
    })
    .join(" ");
}

const seenTypes = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"];

/** The pictures among parts. ⚠ How what is wrong with them is worded. */
function picturesIn(parts: unknown, at: string): Seen[] {
  return (listOf(parts) as { inlineData?: { mimeType?: unknown; data?: unknown } }[]).flatMap((part, index) => {
    if (part?.inlineData === undefined) return [];
    const { mimeType, data } = part.inlineData;
    if (!seenTypes.includes(String(mimeType))) invalid(`Unsupported MIME type: ${mimeType}`);
    const bytes = bytesOf(data) ?? invalid(`Invalid value at '${at}[${index}].inline_data.data' (TYPE_BYTES), Base64 decoding failed.`);
    const seen = seenIn(bytes);
    // A type that is not the file's is taken by some models: what is sent here shall be right.
    return seen && mimeType === `image/${seen.format}` ? [seen] : invalid("Unable to process input image. Please retry or report.");
  });
}

function formOf({ responseMimeType: type, responseSchema, responseJsonSchema }: Json): TextAsked["form"] {
  const schema = responseSchema ?? responseJsonSchema;
  if (schema !== undefined && type !== "application/json") invalid("response_schema needs response_mime_type application/json.");
  if (type !== undefined && type !== "application/json" && type !== "text/plain")
    invalid("Invalid value at 'generation_config.response_mime_type'.");
  if (type !== "application/json") return { kind: "text" };
  return schema === undefined ? { kind: "any" } : { kind: "schema", schema };
}

function effortOf({ thinkingConfig }: Json): string {
  const { thinkingLevel = "medium", ...rest } = (thinkingConfig ?? {}) as Json;
  onlyKnown(rest, ["thinkingBudget", "includeThoughts"], " at 'generation_config.thinking_config'");
  if (!["minimal", "low", "medium", "high"].includes(String(thinkingLevel)))
    invalid("Invalid value at 'generation_config.thinking_config.thinking_level'.");
  return String(thinkingLevel);
}

function pictureOf({ responseModalities, imageConfig }: Json, draws: boolean): ContentAsked["picture"] {
  const modalities = responseModalities === undefined && draws ? ["TEXT", "IMAGE"] : listOf(responseModalities).map(String);
  if (!modalities.includes("IMAGE")) return undefined;
  if (!draws) invalid("Model does not support the requested response modalities: image");
  const { aspectRatio: ratio = "1:1", imageSize: size = "1K", ...rest } = (imageConfig ?? {}) as Json;
  onlyKnown(rest, [], " at 'generation_config.image_config'");
  const knownSize = sizes.find((one) => one === size) ?? invalid("Invalid value at 'generation_config.image_config.image_size'.");
  if (!ratios.includes(String(ratio))) invalid("Invalid value at 'generation_config.image_config.aspect_ratio'.");
  return { ratio: String(ratio), size: knownSize, alsoText: modalities.includes("TEXT") };
}
