import { sidesOf } from "./pictures/index.ts";

export type Field = {
  type: "string" | "integer" | "number" | "boolean" | "array";
  required?: boolean;
  min?: number;
  max?: number;
  values?: readonly (string | number)[];
  /** Taken where the request has none. */
  value?: unknown;
};

export type ReplicateModel = {
  /** 64 hexadecimal digits. A model that is not official can be called by it alone. */
  version: string;
  official: boolean;
  input: Readonly<Record<string, Field>>;
  /** Whether `output` is one URL or a list of them. */
  output: "one" | "many";
  microUsdPerImage: number;
  /** What it does: draws, cuts out the subject of its input picture, or enlarges that. */
  does: "draw" | "cutOut" | "enlarge";
};

const prompt: Field = { type: "string", required: true };
const seed: Field = { type: "integer" };
const ratios = ["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"];
const ratio: Field = { type: "string", values: ratios, value: "1:1" };
const format = (value: string): Field => ({ type: "string", values: ["webp", "jpg", "png"], value });
const count: Field = { type: "integer", min: 1, max: 4, value: 1 };
const version = (digits: string) => digits.repeat(64 / digits.length);

const flux = { aspect_ratio: ratio, output_format: format("webp"), output_quality: { type: "integer", min: 0, max: 100 } } as const;

/**
 * Some models, with the input that they are known for. Prices, defaults and versions are stand-ins: nothing of them is a promise of Replicate's.
 * A test that needs another gives it as an option.
 */
export const replicateModels: Readonly<Record<string, ReplicateModel>> = {
  "black-forest-labs/flux-schnell": {
    version: version("c846a699"),
    official: true,
    output: "many",
    microUsdPerImage: 3_000,
    does: "draw",
    input: {
      prompt,
      seed,
      ...flux,
      num_outputs: count,
      num_inference_steps: { type: "integer", min: 1, max: 4, value: 4 },
      go_fast: { type: "boolean" },
      megapixels: { type: "string", values: ["1", "0.25"], value: "1" },
      disable_safety_checker: { type: "boolean" },
    },
  },
  "black-forest-labs/flux-dev": {
    version: version("6e4a938f"),
    official: true,
    output: "many",
    microUsdPerImage: 25_000,
    does: "draw",
    input: {
      prompt,
      seed,
      ...flux,
      num_outputs: count,
      num_inference_steps: { type: "integer", min: 1, max: 50, value: 28 },
      guidance: { type: "number", min: 0, max: 10, value: 3 },
      image: { type: "string" },
      prompt_strength: { type: "number", min: 0, max: 1 },
      go_fast: { type: "boolean" },
      megapixels: { type: "string", values: ["1", "0.25"], value: "1" },
      disable_safety_checker: { type: "boolean" },
    },
  },
  "black-forest-labs/flux-1.1-pro": {
    version: version("80a09d66"),
    official: true,
    output: "one",
    microUsdPerImage: 40_000,
    does: "draw",
    input: {
      prompt,
      seed,
      ...flux,
      aspect_ratio: { ...ratio, values: [...ratios, "custom"] },
      width: { type: "integer", min: 256, max: 1440 },
      height: { type: "integer", min: 256, max: 1440 },
      image_prompt: { type: "string" },
      prompt_upsampling: { type: "boolean" },
      safety_tolerance: { type: "integer", min: 1, max: 6, value: 2 },
    },
  },
  "stability-ai/sdxl": {
    // The one that its page names: whoever asks for SDXL asks for this.
    version: "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    official: false,
    output: "many",
    microUsdPerImage: 4_000,
    does: "draw",
    input: {
      prompt,
      seed,
      negative_prompt: { type: "string" },
      width: { type: "integer", min: 64, max: 2048, value: 1024 },
      height: { type: "integer", min: 64, max: 2048, value: 1024 },
      num_outputs: count,
      num_inference_steps: { type: "integer", min: 1, max: 500, value: 50 },
      guidance_scale: { type: "number", min: 1, max: 50, value: 7.5 },
      scheduler: {
        type: "string",
        values: ["DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"],
      },
      image: { type: "string" },
      mask: { type: "string" },
      prompt_strength: { type: "number", min: 0, max: 1 },
      output_format: format("png"),
    },
  },
  "851-labs/background-remover": {
    version: version("a029dff3"),
    official: false,
    output: "one",
    microUsdPerImage: 500,
    does: "cutOut",
    input: { image: { type: "string", required: true } },
  },
  "recraft-ai/recraft-remove-background": {
    version: version("5c8f1a2e"),
    official: true,
    output: "one",
    microUsdPerImage: 10_000,
    does: "cutOut",
    input: { image: { type: "string", required: true } },
  },
  "topazlabs/image-upscale": {
    version: version("2fdc3b86"),
    official: true,
    output: "one",
    microUsdPerImage: 50_000,
    does: "enlarge",
    input: {
      image: { type: "string", required: true },
      enhance_model: {
        type: "string",
        values: ["Standard V2", "Low Resolution V2", "CGI", "High Fidelity V2", "Text Refine"],
        value: "Standard V2",
      },
      upscale_factor: { type: "string", values: ["None", "2x", "4x", "6x"], value: "None" },
      output_format: { type: "string", values: ["jpg", "png"], value: "jpg" },
      face_enhancement: { type: "boolean" },
    },
  },
  "nightmareai/real-esrgan": {
    version: "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa",
    official: false,
    output: "one",
    microUsdPerImage: 2_000,
    does: "enlarge",
    input: {
      image: { type: "string", required: true },
      scale: { type: "number", min: 0, max: 10, value: 4 },
      face_enhance: { type: "boolean" },
    },
  },
};

type Finding = { type: string; field: string; description: string };

/** What is wrong with an input. ⚠ Keys that the model does not know are let pass: whether Replicate refuses them is not documented. */
export function findings(model: ReplicateModel, input: Readonly<Record<string, unknown>>): Finding[] {
  return Object.entries(model.input).flatMap(([name, field]): Finding[] => {
    const value = input[name];
    if (value === undefined) return field.required ? [{ type: "required", field: "input", description: `${name} is required` }] : [];
    const given = typeOf(value);
    const at = `input.${name}`;
    if (given !== field.type && !(field.type === "number" && given === "integer"))
      return [{ type: "invalid_type", field: at, description: `Invalid type. Expected: ${field.type}, given: ${given}` }];
    if (field.values && !field.values.some((allowed) => allowed === value))
      return [
        {
          type: "enum",
          field: at,
          description: `${at} must be one of the following: ${field.values.map((one) => JSON.stringify(one)).join(", ")}`,
        },
      ];
    if (field.min !== undefined && (value as number) < field.min)
      return [{ type: "number_gte", field: at, description: `Must be greater than or equal to ${field.min}` }];
    if (field.max !== undefined && (value as number) > field.max)
      return [{ type: "number_lte", field: at, description: `Must be less than or equal to ${field.max}` }];
    return [];
  });
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** The input with the model's own values where the request has none. */
export function completed(model: ReplicateModel, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.entries(model.input).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(own), ...input };
}

/** The sides of what a model draws: width and height where they are given, else a ratio's at the megapixels asked for. */
export function drawnSides(input: Readonly<Record<string, unknown>>): { width: number; height: number } {
  const { width, height, aspect_ratio: wanted, megapixels } = input;
  const own = typeof width === "number" && typeof height === "number";
  if (own && (wanted === undefined || wanted === "custom")) return { width, height };
  return sidesOf(typeof wanted === "string" && wanted.includes(":") ? wanted : "1:1", Number(megapixels ?? 1) * 1_048_576, 32);
}
