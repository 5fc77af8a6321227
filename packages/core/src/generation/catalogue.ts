import { type EditModel, editModels, type ImageModel, imageModels, type Quality } from "../providers/index.ts";

/** Side of a square picture that was asked for without a size, pixels. */
export const defaultSide: Record<Quality, number> = { draft: 512, standard: 1024, hd: 1536 };

/** The renderer that is built in: always on, and free. */
export const builtIn = "sketch";

/** A row of the catalogue, and whether it can be used here. */
export type Offered = ImageModel & Use;
/** The same of a model that changes pictures. */
export type EditOffered = EditModel & Use;
type Use = { use: "on" | "off" | "retired" };

export type Catalogue = {
  models: readonly Offered[];
  /** Nothing is drawn by these: they are apart, so that nobody who wants a picture is led to one. */
  edits: readonly EditOffered[];
  /** Providers in the operator's order, which is asked first. */
  order: readonly string[];
};

/** The catalogue as it stands here. `missing` tells the names of the settings that a provider still needs. */
export function catalogueOf(missing: (provider: string) => readonly string[], order: readonly string[] = []): Catalogue {
  const useOf = (row: ImageModel | EditModel): Use & { why?: string } => {
    if (row.state === "retired") return { use: "retired", why: row.why ?? "It is no longer offered." };
    const names = missing(row.provider);
    return names.length === 0 ? { use: "on" } : { use: "off", why: `Not set up here: ${names.join(" and ")}.` };
  };
  return {
    models: imageModels.map((row) => ({ ...row, ...useOf(row) })),
    edits: editModels.map((row) => ({ ...row, ...useOf(row) })),
    order,
  };
}

/** What there is without any settings. */
export const builtInOnly = catalogueOf((provider) => (provider === builtIn ? [] : [`the settings of ${provider}`]));

/** Millionths of a dollar for one image; what the adapter reserves before the call may be more exact. */
export const priceOf = ({ models }: Catalogue, { provider, model }: Pick<ImageModel, "provider" | "model">, quality: Quality): number =>
  models.find((row) => row.provider === provider && row.model === model)?.priceMicroUsd[quality] ?? 0;

export const editPriceOf = ({ edits }: Catalogue, { provider, model }: Pick<EditModel, "provider" | "model">): number =>
  edits.find((row) => row.provider === provider && row.model === model)?.priceMicroUsd ?? 0;
