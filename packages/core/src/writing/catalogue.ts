import { Problem, problems } from "../kernel/index.ts";
import { type TextPicture, type TextRow, textModels, writesForAdults } from "../providers/index.ts";
import type { Rating } from "../safety/index.ts";
import { longestRoute } from "./limits.ts";
import { writingProblems } from "./problems.ts";

/** The model that is built in: always on, and free. */
export const builtInText = "extractive";

/** A row of the catalogue, and whether it can be used here. */
export type TextOffered = TextRow & { use: "on" | "off" | "retired" };

export type TextCatalogue = {
  models: readonly TextOffered[];
  /** Providers, or `provider/model`, in the operator's order, which is asked first. */
  order: readonly string[];
};

/** The catalogue as it stands here. `missing` tells the names of the settings that a provider still needs. */
export const textCatalogueOf = (missing: (provider: string) => readonly string[], order: readonly string[] = []): TextCatalogue => ({
  models: textModels.map((row): TextOffered => {
    if (row.state === "retired") return { ...row, use: "retired", why: row.why ?? "It is no longer offered." };
    const names = missing(row.provider);
    return names.length === 0 ? { ...row, use: "on" } : { ...row, use: "off", why: `Not set up here: ${names.join(" and ")}.` };
  }),
  order,
});

export const nameOf = ({ provider, model }: Pick<TextRow, "provider" | "model">): string => `${provider}/${model}`;

const isMeant = (row: TextRow, name: string): boolean => name === row.provider || name === nameOf(row);
/** Of names in an order, those that mean no model that there is. */
export const unknownNames = (names: readonly string[]): string[] => names.filter((name) => !textModels.some((row) => isMeant(row, name)));

const priceOf = ({ tokenPriceMicroUsd: { in: read, out: said } }: TextRow): number => read + said;

type Asked = { models?: readonly string[] | undefined; rating?: Rating | undefined; picture?: TextPicture | undefined };

/**
 * Who is to be asked, in this order: those that the request names, and nobody else; else the operator's order, then whatever is on, the cheapest first, and
 * at the end the built-in one. Words and pictures for adults are sent to those alone whose terms allow it, and pictures to those that see.
 *
 * @throws Problem `request/invalid` with the names that there are, or `writing/model-unavailable`
 */
export function textRouteOf({ models, order }: TextCatalogue, { models: named, rating, picture }: Asked = {}): TextOffered[] {
  const known = models.map(nameOf).join(", ");
  for (const [index, name] of (named ?? []).entries())
    if (!models.some((row) => isMeant(row, name)))
      throw new Problem(problems.invalid, `There is no model ${name}. There are: ${known}.`, {
        errors: [{ pointer: `#/models/${index}`, detail: `One of: ${known}, or a provider alone.` }],
      });
  const meant = models.filter((row) => !named || named.some((name) => isMeant(row, name)));
  const usable = meant.filter(({ use }) => use === "on");
  const [off] = meant;
  if (off && usable.length === 0)
    throw new Problem(writingProblems.modelUnavailable, `${off.title} is ${off.use}. ${off.why ?? ""}`.trim());
  const seeing = usable.filter(({ sees }) => !picture || sees);
  if (seeing.length === 0) throw new Problem(writingProblems.modelUnavailable, `Of those who would be asked, none can see a picture.`);
  const on = seeing.filter(({ provider }) => rating !== "mature" || writesForAdults(provider));
  if (on.length === 0)
    throw new Problem(
      writingProblems.modelUnavailable,
      `The terms of those who would be asked do not allow words for adults. Leave \`models\` out: then ${builtInText}, which is built in, picks sentences from them.`,
    );
  const names = named ?? order;
  const placeOf = (row: TextOffered): number => {
    const index = names.findIndex((name) => isMeant(row, name));
    if (index >= 0) return index;
    return row.provider === builtInText ? names.length + 1 : names.length;
  };
  const route = on.toSorted((a, b) => placeOf(a) - placeOf(b) || priceOf(a) - priceOf(b));
  const last = named ? undefined : route.find(({ provider }) => provider === builtInText);
  const first = route.slice(0, longestRoute);
  return last && !first.includes(last) ? [...first, last] : first;
}
