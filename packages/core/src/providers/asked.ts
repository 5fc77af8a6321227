import type { ImageModel, Parameters, Sizes } from "./catalogue.ts";
import type { Alteration, Failed, Picture } from "./contract.ts";
import { type EditModel, unfit } from "./edit-catalogue.ts";
import { failed } from "./failures.ts";

/** A picture in the terms of the model that is to draw it. */
export type Asked = {
  kind: "asked";
  row: ImageModel;
  /** With the words of its style. */
  prompt: string;
  /** Only where the model has such. */
  negativePrompt: string | undefined;
  seed: number | undefined;
  width: number;
  height: number;
  /** Such as `16:9`, where the model has ratios. */
  ratio: string | undefined;
  /** Of quality and style. */
  parameters: Parameters;
};

const rowOf = (models: readonly ImageModel[], provider: string, model: string) =>
  models.find((row) => row.provider === provider && row.model === model);

/** Maps size, quality, style and seed to the model's own. Nothing is sent for what the catalogue knows to be impossible. */
export function askedOf(models: readonly ImageModel[], provider: string, picture: Picture): Asked | Failed {
  const row = rowOf(models, provider, picture.model);
  if (!row) return failed("bad-request", `${provider} has no model ${picture.model} in the catalogue. Choose another, or configure it.`);
  if (row.state === "retired")
    return failed("bad-request", `${row.title} is retired. ${row.why ?? ""} Choose another model.`.replace("  ", " "));
  const style = picture.style === undefined ? undefined : row.styles[picture.style];
  if (picture.style !== undefined && !style)
    return failed("bad-request", `${row.title} has no style ${picture.style}. It has: ${Object.keys(row.styles).join(", ") || "none"}.`);
  const prompt = style && "words" in style ? `${picture.prompt}, ${style.words}` : picture.prompt;
  if (prompt.length > row.promptMax)
    return failed(
      "bad-request",
      `${row.title} takes prompts of at most ${row.promptMax} characters; with its style this one has ${prompt.length}.`,
    );
  return {
    kind: "asked",
    row,
    prompt,
    negativePrompt: row.negativePrompt && picture.negativePrompt ? picture.negativePrompt : undefined,
    seed: row.seed && seedWithin(row.seed, picture.seed),
    ...sizeWithin(row.sizes, picture),
    parameters: { ...row.parameters[picture.quality], ...(style && "parameters" in style ? style.parameters : {}) },
  };
}

/** The model that is to make a change, and what is sent to it beside the picture, in its own words. Nothing is sent for what is known to be impossible. */
export function alterationOf(
  models: readonly EditModel[],
  provider: string,
  { model, operation, source }: Alteration,
): { kind: "asked"; row: EditModel; parameters: Parameters } | Failed {
  const row = models.find((one) => one.provider === provider && one.model === model);
  if (!row || row.does !== operation.type)
    return failed("bad-request", `${provider} has no model ${model} in the catalogue that does this. Choose another.`);
  if (row.state === "retired") return failed("bad-request", `${row.title} is retired. ${row.why ?? ""} Choose another model.`);
  const forFactor = operation.type === "upscale" ? row.factors?.[operation.factor] : {};
  if (!forFactor) return failed("bad-request", `${row.title} cannot enlarge by that factor.`);
  const wrong = unfit(row, { ...source, bytes: source.bytes.length });
  if (wrong) return failed("bad-request", `${row.title} cannot take this picture. ${wrong}`);
  return { kind: "asked", row, parameters: { ...row.parameters, ...forFactor } };
}

/** What the catalogue asks for a change; 0 where it has no such model. */
export const editPriceOf = (models: readonly EditModel[], provider: string, { model }: Pick<Alteration, "model">): number =>
  models.find((row) => row.provider === provider && row.model === model)?.priceMicroUsd ?? 0;

/** What the catalogue asks for a picture; 0 where it has no such model. */
export const priceOf = (models: readonly ImageModel[], provider: string, { model, quality }: Pick<Picture, "model" | "quality">): number =>
  rowOf(models, provider, model)?.priceMicroUsd[quality] ?? 0;

/** The seed itself where it is in range, else its remainder. */
export const seedWithin = ({ min, max }: { min: number; max: number }, seed: number): number =>
  seed >= min && seed <= max ? seed : min + (seed % (max - min + 1));

type Size = { width: number; height: number; ratio: string | undefined };

/** The nearest size that the model has: by ratio first, since a picture is cropped by its ratio and only scaled by its size. */
export function sizeWithin(sizes: Sizes, { width, height }: { width: number; height: number }): Size {
  if (sizes.kind === "ratios") {
    const ratio = nearest(sizes.ratios, width / height, ":");
    const share = ratioOf(ratio, ":");
    const across = Math.sqrt(sizes.pixels * share);
    return { width: Math.round(across), height: Math.round(across / share), ratio };
  }
  if (sizes.kind === "fixed") {
    const [across = width, down = height] = nearest(sizes.sizes, width / height, "x")
      .split("x")
      .map(Number);
    return { width: across, height: down, ratio: undefined };
  }
  const { minSide, maxSide, step, maxPixels } = sizes;
  const scale = Math.min(1, maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)));
  const grown = Math.max(scale, minSide / Math.min(width, height));
  const within = (side: number) => Math.min(maxSide, Math.max(minSide, Math.floor((side * grown) / step) * step));
  return { width: within(width), height: within(height), ratio: undefined };
}

const ratioOf = (text: string, by: string): number => {
  const [across = 1, down = 1] = text.split(by).map(Number);
  return across / down;
};

/** By the logarithm: 2:1 is as far from 1:1 as 1:2 is. */
function nearest(choices: readonly string[], wanted: number, by: string): string {
  const far = (choice: string) => Math.abs(Math.log(ratioOf(choice, by) / wanted));
  return choices.reduce((best, choice) => (far(choice) < far(best) ? choice : best), choices[0] ?? `1${by}1`);
}
