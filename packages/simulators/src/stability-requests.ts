import { randomBytes } from "node:crypto";
import { type Answer, json, Refused } from "./answer.ts";
import type { Errors } from "./contract.ts";
import type { Exchange, Form } from "./exchange.ts";
import { type Measure, measure, type PictureFormat } from "./pictures/index.ts";

export const ratios = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"] as const;

const styles = [
  "3d-model",
  "analog-film",
  "anime",
  "cinematic",
  "comic-book",
  "digital-art",
  "enhance",
  "fantasy-art",
  "isometric",
  "line-art",
  "low-poly",
  "modeling-compound",
  "neon-punk",
  "origami",
  "photographic",
  "pixel-art",
  "tile-texture",
];

/** Every error has this shape. Ids are told to support. */
export const problem = (status: number, name: string, ...details: string[]): Answer =>
  json(status, { id: randomBytes(16).toString("hex"), name, errors: details });

export const errors: Errors = {
  badKey: () => problem(401, "unauthorized", "missing or invalid authorization header"),
  notFound: () => problem(404, "not_found", "the resource you requested was not found"),
  badBody: () => problem(400, "bad_request", "content-type: must be multipart/form-data"),
  tooLarge: () => problem(413, "payload_too_large", "the request is larger than 10MiB"),
  // No header tells how long to wait: none is documented.
  throttle: () => problem(429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within a 10 second period"),
  serverError: () => problem(500, "internal_error", "An unexpected server error has occurred, please try again later."),
  unavailable: () => problem(503, "service_unavailable", "The service is unavailable, please try again later."),
  // ⚠ Status and name of an empty balance.
  outOfCredit: () => problem(402, "payment_required", "You lack sufficient credits to make this request."),
};

/** What an operation wants of its form. */
export type Wants = {
  prompt: boolean;
  image: "required" | "optional" | "none";
  formats: readonly PictureFormat[];
  /** Of the input picture. */
  pixelsMin?: number;
  pixelsMax?: number;
  sideMin?: number;
  /** Width over height, and its reverse, of the input picture. */
  ratioMax?: number;
  /** Fields of text that the operation has beside the common ones, and what each may be. */
  fields: Readonly<Record<string, readonly string[] | readonly [min: number, max: number]>>;
};

/** A request that was found right. */
export type Reading = {
  prompt: string;
  negativePrompt: string;
  /** 0 leaves it to the provider. */
  seed: number;
  format: PictureFormat;
  image: Measure | undefined;
  /** Says which picture came in, for the words of the drawing. */
  imageBytes: number;
  field(name: string): string | undefined;
};

export const generateFields = { aspect_ratio: ratios, style_preset: styles };

const textMax = 10_000;
const seedMax = 4_294_967_294;

/** Reads the form. @throws Refused with everything that is wrong with it. */
export async function readingOf(exchange: Exchange, wants: Wants): Promise<Reading> {
  const form = await exchange.form();
  const wrong: string[] = [];
  const prompt = form.text("prompt") ?? "";
  const negativePrompt = form.text("negative_prompt") ?? "";
  const seed = Number(form.text("seed") ?? 0);
  const format = form.text("output_format") ?? "png";
  if (wants.prompt && prompt === "") wrong.push("prompt: required");
  if (prompt.length > textMax) wrong.push(`prompt: cannot exceed ${textMax} characters`);
  if (negativePrompt.length > textMax) wrong.push(`negative_prompt: cannot exceed ${textMax} characters`);
  if (!Number.isInteger(seed) || seed < 0 || seed > seedMax) wrong.push(`seed: must be between 0 and ${seedMax}`);
  if (!wants.formats.some((one) => one === format)) wrong.push(`output_format: must be one of ${wants.formats.join(", ")}`);
  for (const [name, allowed] of Object.entries(wants.fields)) {
    const value = form.text(name);
    if (value !== undefined && !allows(allowed, value))
      wrong.push(`${name}: must be ${allowed.join(typeof allowed[0] === "number" ? " to " : ", ")}`);
  }
  const image = imageOf(form, wants, wrong);
  if (wrong.length > 0) throw new Refused(problem(400, "bad_request", ...wrong));
  const [upload] = form.files("image");
  return {
    prompt,
    negativePrompt,
    seed,
    format: format as PictureFormat,
    image,
    imageBytes: upload?.bytes.length ?? 0,
    field: form.text,
  };
}

function allows(allowed: readonly (string | number)[], value: string): boolean {
  const [min, max] = allowed;
  if (typeof min === "number" && typeof max === "number") return value !== "" && Number(value) >= min && Number(value) <= max;
  return allowed.includes(value);
}

function imageOf(form: Form, wants: Wants, wrong: string[]): Measure | undefined {
  const [upload] = form.files("image");
  if (!upload || wants.image === "none") {
    if (wants.image === "required") wrong.push("image: required");
    return undefined;
  }
  const image = measure(upload.bytes);
  if (!image) {
    wrong.push("image: must be a valid PNG, JPEG or WebP");
    return undefined;
  }
  const { width, height } = image;
  const { sideMin = 64, pixelsMin = 4_096, pixelsMax = 9_437_184, ratioMax } = wants;
  if (Math.min(width, height) < sideMin) wrong.push(`image: each side must be at least ${sideMin} pixels`);
  if (width * height < pixelsMin || width * height > pixelsMax)
    wrong.push(`image: total pixels must be between ${pixelsMin} and ${pixelsMax}`);
  if (ratioMax !== undefined && Math.max(width / height, height / width) > ratioMax)
    wrong.push(`image: ratio must be 1:${ratioMax} to ${ratioMax}:1`);
  return image;
}

/** Bytes, or JSON with base64. ⚠ That any other Accept is refused: the documents name these two. */
export function acceptOf({ headers }: Exchange): "bytes" | "json" {
  const accept = headers.accept ?? "*/*";
  if (accept === "application/json") return "json";
  if (accept === "*/*" || accept === "image/*") return "bytes";
  throw new Refused(problem(400, "bad_request", "accept: must be image/* or application/json"));
}
