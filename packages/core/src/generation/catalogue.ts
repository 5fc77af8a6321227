import { type ImageModel, imageModels, type Quality } from "../providers/index.ts";

/** Side of a square picture that was asked for without a size, pixels. */
export const defaultSide: Record<Quality, number> = { draft: 512, standard: 1024, hd: 1536 };

/** The renderer that is built in: always on, and free. */
export const builtIn = "sketch";

/** A row of the catalogue, and whether it can be used here. */
export type Offered = ImageModel & { use: "on" | "off" | "retired" };

export type Catalogue = {
  models: readonly Offered[];
  /** Providers in the operator's order, which is asked first. */
  order: readonly string[];
};

/** The catalogue as it stands here. `missing` tells the names of the settings that a provider still needs. */
export const catalogueOf = (missing: (provider: string) => readonly string[], order: readonly string[] = []): Catalogue => ({
  models: imageModels.map((row): Offered => {
    if (row.state === "retired") return { ...row, use: "retired", why: row.why ?? "It is no longer offered." };
    const names = missing(row.provider);
    return names.length === 0 ? { ...row, use: "on" } : { ...row, use: "off", why: `Not set up here: ${names.join(" and ")}.` };
  }),
  order,
});

/** What there is without any settings. */
export const builtInOnly = catalogueOf((provider) => (provider === builtIn ? [] : [`the settings of ${provider}`]));

/** Millionths of a dollar for one image; what the adapter reserves before the call may be more exact. */
export const priceOf = ({ models }: Catalogue, { provider, model }: Pick<ImageModel, "provider" | "model">, quality: Quality): number =>
  models.find((row) => row.provider === provider && row.model === model)?.priceMicroUsd[quality] ?? 0;
