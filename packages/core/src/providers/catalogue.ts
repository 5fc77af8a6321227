/** How much effort goes into a picture, whatever a model calls it. */
export const qualities = ["draft", "standard", "hd"] as const;
export type Quality = (typeof qualities)[number];

/** Parameters as the model names them. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** A style is parameters of the model where it has such, else words that follow the prompt. */
export type Style = { parameters: Parameters } | { words: string };

/** In pixels; `pixels` is about how many a picture of any ratio has. */
export type Sizes =
  | { kind: "free"; minSide: number; maxSide: number; step: number; maxPixels: number }
  | { kind: "ratios"; ratios: readonly string[]; pixels: number }
  | { kind: "fixed"; sizes: readonly string[] };

export type Range = { min: number; max: number };

/** What a model can do, what that costs, and how our words become its own. */
export type ImageModel = {
  provider: string;
  /** The provider's own id. */
  model: string;
  /** Where the model is called by a version. */
  version?: string;
  kind: "image";
  title: string;
  /** What should be known before choosing it, where the title does not say it. */
  description?: string;
  sizes: Sizes;
  /** Absent where none can be asked for. */
  seed?: Range;
  negativePrompt: boolean;
  steps?: Range;
  guidance?: Range;
  /** Pictures for one request at the provider. We ask for one at a time, so that each has its own attempt and price. */
  maxCount: number;
  /** Whether it can start from a picture. */
  imageInput: boolean;
  promptMax: number;
  parameters: Readonly<Record<Quality, Parameters>>;
  styles: Readonly<Record<string, Style>>;
  /** For one picture, millionths of a dollar; where tokens are billed, for one of 1024 × 1024. */
  priceMicroUsd: Readonly<Record<Quality, number>>;
  /** Of models that are billed by tokens: of words that go in and of what is drawn, millionths of a dollar. */
  tokenPriceMicroUsd?: { in: number; out: number };
  state: "live" | "retired";
  /** Why it is retired. */
  why?: string;
  /** Where the facts come from; what is not confirmed says ⚠. */
  source: string;
};

export type ModelOverride = Partial<Omit<ImageModel, "provider" | "model" | "kind">> & Pick<ImageModel, "provider" | "model">;

/**
 * The catalogue as it is configured: each override changes the fields that it names of the row with its provider and model. One that names
 * no known row adds a row, and then has to be whole.
 *
 * @throws RangeError where an added row lacks something
 */
export function overridden(models: readonly ImageModel[], overrides: readonly ModelOverride[]): ImageModel[] {
  const keyOf = ({ provider, model }: Pick<ImageModel, "provider" | "model">) => `${provider}\0${model}`;
  const rows = new Map(models.map((row) => [keyOf(row), row]));
  for (const override of overrides) {
    const row = { ...rows.get(keyOf(override)), ...override, kind: "image" } as Partial<ImageModel>;
    if (!isWhole(row)) throw new RangeError(`The model ${override.provider}/${override.model} is not known, and is not whole.`);
    rows.set(keyOf(row), row);
  }
  return [...rows.values()];
}

const needed = [
  "title",
  "sizes",
  "negativePrompt",
  "maxCount",
  "imageInput",
  "promptMax",
  "parameters",
  "styles",
  "priceMicroUsd",
  "state",
  "source",
] as const;
const isWhole = (row: Partial<ImageModel>): row is ImageModel => needed.every((name) => row[name] !== undefined);

/** Of a model without parameters for quality. */
export const noParameters: ImageModel["parameters"] = { draft: {}, standard: {}, hd: {} };

/** The same price for each quality. */
export const flat = (microUsd: number): ImageModel["priceMicroUsd"] => ({ draft: microUsd, standard: microUsd, hd: microUsd });

/** Styles that every model understands, in words. The names are those of Stability's presets, so that a style survives a fall-back. */
export const styleWords: Readonly<Record<string, { words: string }>> = {
  photographic: { words: "photograph, natural light, sharp focus" },
  cinematic: { words: "cinematic film still, shallow depth of field, dramatic light" },
  "analog-film": { words: "analog film photograph, grain, faded colors" },
  "digital-art": { words: "digital art, detailed" },
  "fantasy-art": { words: "fantasy art, painterly, luminous" },
  anime: { words: "anime illustration, clean lines" },
  "comic-book": { words: "comic book panel, inked outlines, halftone" },
  "line-art": { words: "line art, black ink on white" },
  "low-poly": { words: "low-poly 3D render, flat facets" },
  "pixel-art": { words: "pixel art, 16-bit palette" },
  "3d-model": { words: "3D model render, studio light" },
  isometric: { words: "isometric illustration" },
};
