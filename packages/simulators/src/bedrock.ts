import { randomUUID } from "node:crypto";
import { type Answer, json, Refused } from "./answer.ts";
import type { Definition, Errors, House, Provider, ProviderOptions } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import { pictureFaults, transportFaults } from "./faults.ts";
import { drawing, encode, type PictureFormat, sidesOf } from "./pictures/index.ts";
import { startProvider } from "./provider.ts";

/** An exception as the SDK reads it: its name stands in a header. */
const exception = (status: number, name: string, message: string): Answer =>
  json(
    status,
    { message },
    { "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`, "x-amzn-requestid": randomUUID() },
  );

const errors: Errors = {
  badKey: () => exception(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
  notFound: () => exception(404, "UnknownOperationException", "The operation is not known."),
  badBody: (detail) =>
    exception(400, "ValidationException", `Malformed input request: ${detail}, please reformat your input and try again.`),
  tooLarge: () => exception(413, "ValidationException", "The request is too large."),
  // No header tells how long to wait.
  throttle: () => exception(429, "ThrottlingException", "Too many requests, please wait before trying again."),
  serverError: () => exception(500, "InternalServerException", "The system encountered an unexpected error during processing."),
  unavailable: () => exception(503, "ServiceUnavailableException", "The service is unavailable, please try again later."),
};

/** ⚠ Which are live, and their prices. Millionths of a dollar. */
const models: Readonly<Record<string, { microUsd: number; pixels: number }>> = {
  "stability.sd3-5-large-v1:0": { microUsd: 80_000, pixels: 1_048_576 },
  "stability.stable-image-core-v1:1": { microUsd: 40_000, pixels: 1_500_000 },
  "stability.stable-image-ultra-v1:1": { microUsd: 140_000, pixels: 1_048_576 },
};

/** ⚠ That an id past its end is not found, and in which words. */
const retired = [
  "amazon.nova-canvas-v1:0",
  "amazon.titan-image-generator-v1",
  "amazon.titan-image-generator-v2:0",
  "stability.stable-diffusion-xl-v1",
];

const keys = ["prompt", "negative_prompt", "mode", "aspect_ratio", "seed", "output_format", "image", "strength"];
const ratios = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];
const seedMax = 4_294_967_294;

/**
 * Amazon Bedrock's runtime (contracts.md §1.6): `/model/{id}/invoke` for Stability's models, in their shape. Nova Canvas and Titan are
 * retired, and not found.
 *
 * Signatures are not verified: an Authorization header that begins with `AWS4-HMAC-SHA256` is let in, and so is `Bearer` with the key.
 * `refuse` and `refuseOtherwise` are 200 without a picture, filtered by the prompt or by what was drawn.
 */
export function startBedrock(options: ProviderOptions = {}): Promise<Provider> {
  return startProvider(bedrock, { ...options, key: options.key ?? "bedrock-api-key-simulated" });
}

function bedrock(house: House): Definition & { controls: object } {
  function invoke(exchange: Exchange): Answer {
    const id = exchange.params.model ?? "";
    if (retired.includes(id)) return exception(404, "ResourceNotFoundException", "This model version has reached the end of its life.");
    const model = models[id];
    if (!model) return exception(400, "ValidationException", "The provided model identifier is invalid.");
    const body = exchange.json();
    const {
      prompt,
      negative_prompt: negative = "",
      aspect_ratio: ratio = "1:1",
      seed = 0,
      output_format: format = "png",
      mode,
      image,
    } = body;
    const extraneous = Object.keys(body).find((key) => !keys.includes(key));
    if (extraneous !== undefined) refuse(`extraneous key [${extraneous}] is not permitted`);
    if (typeof prompt !== "string" || prompt.length < 1 || prompt.length > 10_000) refuse("expected prompt of 1 to 10000 characters");
    if (!ratios.includes(String(ratio))) refuse(`aspect_ratio is one of ${ratios.join(", ")}`);
    if (!Number.isInteger(seed) || Number(seed) < 0 || Number(seed) > seedMax) refuse(`seed is 0 to ${seedMax}`);
    if (format !== "png" && format !== "jpeg") refuse("output_format is png or jpeg");
    if (mode !== undefined && mode !== "text-to-image" && mode !== "image-to-image") refuse("mode is text-to-image or image-to-image");
    if (mode === "image-to-image" && typeof image !== "string") refuse("image is needed for image-to-image");

    const reason = exchange.does("refuse")
      ? "Filter reason: prompt"
      : exchange.does("refuseOtherwise")
        ? "Filter reason: output image"
        : null;
    const used = seed === 0 ? 1 + Math.floor(house.random() * (seedMax - 1)) : Number(seed);
    const { width, height } = sidesOf(String(ratio), model.pixels);
    exchange.accept({
      id: randomUUID(),
      model: id,
      prompt,
      parameters: { negative, ratio, seed: used, format, width, height },
      state: reason === null ? "succeeded" : "refused",
      // ⚠ That what was filtered is not billed.
      costMicroUsd: reason === null ? model.microUsd : 0,
    });
    if (reason !== null) return json(200, { images: [], seeds: [], finish_reasons: [reason] });
    const picture = encode(drawing([id, prompt, negative, used].join("\0"), width, height), format as PictureFormat);
    return json(200, { seeds: [used], finish_reasons: [null], images: [exchange.shape(picture).bytes.toString("base64")] });
  }

  return {
    name: "bedrock",
    faults: [...transportFaults.filter((fault) => fault !== "throttleWithoutRetryAfter"), ...pictureFaults, "refuse", "refuseOtherwise"],
    bodyBytesMax: 25 * 1024 * 1024,
    admits: ({ authorization = "" }) => authorization.startsWith("AWS4-HMAC-SHA256 ") || authorization === `Bearer ${house.key}`,
    errors,
    controls: {},
    routes: [{ method: "POST", path: /^\/model\/(?<model>[^/]+)\/invoke$/, places: ["work", "result"], run: invoke }],
  };
}

function refuse(detail: string): never {
  throw new Refused(errors.badBody(detail));
}
