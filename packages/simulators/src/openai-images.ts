import { randomUUID } from "node:crypto";
import { type Answer, json, Refused } from "./answer.ts";
import type { House, Route } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { invalid, problem } from "./openai-errors.ts";
import { drawing, encode, measure, type PictureFormat } from "./pictures/index.ts";
import { tokensOf } from "./text-model.ts";

const models = ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "chatgpt-image-latest"];
const fixedSizes = ["1024x1024", "1536x1024", "1024x1536"];
const formats: readonly PictureFormat[] = ["png", "jpeg", "webp"];

/** Of a square of 1024; other sizes take as many more as they have pixels. */
const tokensPerPicture = { low: 272, medium: 1_056, high: 4_160 } as const;
/** ⚠ Of those that have none here it is that of gpt-image-1. */
const microUsdPerToken: Readonly<Record<string, { text: number; picture: number }>> = {
  "gpt-image-1": { text: 5, picture: 40 },
  "gpt-image-1-mini": { text: 2, picture: 8 },
  "gpt-image-1.5": { text: 5, picture: 32 },
};
const usual = { text: 5, picture: 40 };

const picturesInMax = 16;
const fileBytesMax = 50 * 1024 * 1024;

const ofBoth = [
  "prompt",
  "model",
  "n",
  "size",
  "quality",
  "background",
  "output_format",
  "output_compression",
  "stream",
  "partial_images",
  "user",
];

/** `POST /v1/images/generations` and `/edits` of OpenAI (contracts.md §1.5). Streams of partial pictures are left out. */
export function imageRoutes(house: House): Route[] {
  return [
    {
      method: "POST",
      path: /^\/v1\/images\/generations$/,
      places: ["work", "result"],
      run(exchange) {
        const body = exchange.json();
        onlyKnown(Object.keys(body), [...ofBoth, "moderation"]);
        return draw(house, exchange, (name) => body[name], []);
      },
    },
    {
      method: "POST",
      path: /^\/v1\/images\/edits$/,
      places: ["work", "result"],
      async run(exchange) {
        const form = await exchange.form();
        onlyKnown(form.names(), [...ofBoth, "image", "image[]", "mask", "input_fidelity"]);
        const pictures = [...form.files("image"), ...form.files("mask")].map(({ bytes }) => bytes);
        if (form.files("image").length < 1 || form.files("image").length > picturesInMax) invalid("1 to 16 images are needed", "image");
        for (const bytes of pictures) if (bytes.length > fileBytesMax || !measure(bytes)) invalid("Invalid image file or mode", "image");
        return draw(house, exchange, (name) => typed(form.text(name)), pictures);
      },
    },
  ];
}

/** A form has no numbers of its own. */
const typed = (text: string | undefined): unknown =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : text === "true" ? true : text;

function onlyKnown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) invalid(`Unknown parameter: '${unknown}'.`, unknown, "unknown_parameter");
}

function oneOf<Value extends string>(value: unknown, name: string, allowed: readonly Value[], other: Value): Value {
  if (value === undefined || value === null) return other;
  return (
    allowed.find((one) => one === value) ??
    invalid(`Invalid value: '${value}'. Supported values are: ${allowed.join(", ")}.`, name, "invalid_value")
  );
}

function within(value: unknown, name: string, min: number, max: number, other: number): number {
  if (value === undefined || value === null) return other;
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) invalid(`${name} is a whole number, ${min} to ${max}.`, name);
  return Number(value);
}

function draw(house: House, exchange: Exchange, field: (name: string) => unknown, pictures: readonly Buffer[]): Answer {
  const prompt = field("prompt");
  if (typeof prompt !== "string" || prompt === "") invalid("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter");
  if (prompt.length > 32_000) invalid("prompt is at most 32000 characters.", "prompt", "string_above_max_length");
  const model = oneOf(field("model"), "model", models, "gpt-image-1");
  const count = within(field("n"), "n", 1, 10, 1);
  const quality = oneOf(field("quality"), "quality", ["low", "medium", "high", "auto"], "auto");
  const format = oneOf(field("output_format"), "output_format", formats, "png");
  const background = oneOf(field("background"), "background", ["transparent", "opaque", "auto"], "auto");
  oneOf(field("moderation"), "moderation", ["low", "auto"], "auto");
  within(field("output_compression"), "output_compression", 0, 100, 100);
  within(field("partial_images"), "partial_images", 0, 3, 0);
  if (field("stream") === true) invalid("This stand-in has no streams of pictures.", "stream");
  if (background === "transparent" && (model === "gpt-image-2" || format === "jpeg"))
    invalid("Transparent background is not supported here.", "background");
  const { width, height } = sidesOf(field("size"), model);
  // ⚠ Type and code.
  if (exchange.does("refuse"))
    throw new Refused(
      problem(400, "Your request was rejected by the safety system.", "moderation_blocked", null, "image_generation_user_error"),
    );

  const drawn = quality === "auto" ? "high" : quality;
  const tokensEach = Math.ceil((tokensPerPicture[drawn] * width * height) / 1_048_576);
  const usage = { input_tokens: tokensOf(prompt), output_tokens: tokensEach * count };
  // There is no seed to ask for: each call draws another.
  const seed = Math.floor(house.random() * 2 ** 31);
  const price = microUsdPerToken[model] ?? usual;
  const costMicroUsd = usage.input_tokens * price.text + usage.output_tokens * price.picture;
  const id = `req_${randomUUID().replaceAll("-", "")}`;
  const parameters = { n: count, width, height, quality: drawn, background, format, pictures: pictures.length, seed };
  exchange.accept({ id, model, prompt, parameters, state: "succeeded", costMicroUsd });
  const words = [model, prompt, ...pictures.map(({ length }) => length)].join("\0");
  const data = Array.from({ length: count }, (_, index) => {
    const whole = drawing(`${words}\0${seed + index}`, width, height, background === "transparent");
    return { b64_json: exchange.shape(encode(whole, format)).bytes.toString("base64") };
  });
  return json(
    200,
    {
      created: Math.floor(house.now() / 1000),
      background: background === "transparent" ? "transparent" : "opaque",
      output_format: format,
      quality: drawn,
      size: `${width}x${height}`,
      data,
      usage: { ...usage, total_tokens: usage.input_tokens + usage.output_tokens },
    },
    { "x-request-id": id },
  );
}

/** Three sizes; gpt-image-2 takes any in sixteens, from 1:3 to 3:1, up to 3840 by 2160. */
function sidesOf(value: unknown, model: string): { width: number; height: number } {
  const size = value === undefined || value === null || value === "auto" ? "1024x1024" : String(value);
  const [width = 0, height = 0] = (/^(\d{2,4})x(\d{2,4})$/.exec(size) ?? []).slice(1).map(Number);
  const free =
    model === "gpt-image-2" &&
    width % 16 === 0 &&
    height % 16 === 0 &&
    Math.max(width / height, height / width) <= 3 &&
    Math.max(width, height) <= 3_840 &&
    Math.min(width, height) <= 2_160;
  if (!fixedSizes.includes(size) && !free)
    invalid(`Invalid value: '${size}'. Supported values are: ${fixedSizes.join(", ")}, and auto.`, "size", "invalid_value");
  return { width, height };
}
