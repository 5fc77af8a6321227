import { catalogueOf, type EditOffered, maxImages, type Offered } from "@atelier/core/generation";
import { instant } from "@atelier/core/kernel";
import { factors, type Sizes } from "@atelier/core/providers";
import { builtInText, lineOf, promptMax, type TextOffered, textCatalogueOf, tokensMax } from "@atelier/core/writing";
import * as z from "zod";
import { capacity } from "../../capacity.ts";
import { catalogue } from "../../provider-settings.ts";
import { textCatalogue } from "../../text-catalogue.ts";
import { operation } from "../operation.ts";
import { Amount, Instant, text } from "../schemas.ts";

const Model = z
  .object({
    provider: text(60),
    model: text(120),
    kind: z.literal("image"),
    title: text(120),
    description: text(2_000).optional(),
    capabilities: z.object({
      minSide: Amount.optional(),
      maxSide: Amount.optional(),
      sideStep: Amount.optional().describe("Sides are multiples of this."),
      maxPixels: Amount.optional(),
      ratios: z.array(text(20)).max(100).optional().describe("The nearest of these is drawn."),
      sizes: z.array(text(20)).max(100).optional().describe("The nearest of these is drawn."),
      maxCount: Amount,
      maxPromptLength: Amount,
      seed: z.boolean(),
      negativePrompt: z.boolean(),
      styles: z.array(text(60)).max(100),
    }),
    priceMicroUsd: Amount.describe("For one image of standard quality; 1,000,000 is a dollar."),
    prices: z.object({ draft: Amount, standard: Amount, hd: Amount }).describe("For one image of each quality, in micro-dollars."),
    state: z.enum(["on", "off", "retired"]),
    why: text(2_000).optional().describe("Why it is not on, or is not asked for now."),
    pausedUntil: Instant.optional().describe("Its provider fails at the moment. What only it may draw waits; all else goes to the next."),
  })
  .meta({ id: "Model" });

const EditModel = z
  .object({
    provider: text(60),
    model: text(120),
    kind: z.literal("edit"),
    title: text(120),
    description: text(2_000).optional(),
    capabilities: z.object({
      operation: z.enum(["remove_background", "upscale"]).describe("Of `POST /v1/images/{id}/edits`."),
      factors: z
        .array(z.union(factors.map((factor) => z.literal(factor))))
        .max(factors.length)
        .optional(),
      minSide: Amount.describe("This and the next are of pictures that it takes."),
      maxPixels: Amount,
      maxBytes: Amount,
    }),
    priceMicroUsd: Amount.describe("For one edit; 1,000,000 is a dollar."),
    state: z.enum(["on", "off", "retired"]),
    why: text(2_000).optional().describe("Why it is not on, or is not asked for now."),
    pausedUntil: Instant.optional().describe("Its provider fails at the moment. What only it may do waits; all else goes to the next."),
  })
  .meta({ id: "EditModel", description: "A model that changes pictures, and draws none." });

const TextModel = z
  .object({
    provider: text(60),
    model: text(120),
    kind: z.literal("text"),
    title: text(120),
    capabilities: z.object({
      maxTokens: Amount,
      maxPromptLength: Amount,
      pictures: z.boolean().describe("Whether it sees pictures, so that it may look at new images for their tags."),
    }),
    tokenPrices: z.object({ in: Amount, out: Amount }).describe("For a million tokens that it reads, and that it says; in micro-dollars."),
    state: z.enum(["on", "off", "retired"]),
    why: text(2_000).optional().describe("Why it is not on, or is not asked for now."),
    pausedUntil: Instant.optional().describe("Its provider fails at the moment, and the next model is asked."),
  })
  .meta({ id: "TextModel" });

function textModelBody({ provider, model, title, tokenPriceMicroUsd, sees, use, why }: TextOffered, pausedUntil?: string) {
  return {
    ...{ provider, model, title },
    kind: "text" as const,
    capabilities: { maxTokens: tokensMax, maxPromptLength: promptMax, pictures: sees !== undefined },
    tokenPrices: { in: perMillion(tokenPriceMicroUsd.in), out: perMillion(tokenPriceMicroUsd.out) },
    state: use,
    why: use === "on" ? whyPaused(pausedUntil) : why,
    pausedUntil,
  };
}

const perMillion = (microUsd: number): number => Math.round(microUsd * 1_000_000);

const whyPaused = (until: string | undefined): string | undefined =>
  until && `It has failed several times in a row. It is asked again at ${until}.`;

function sizesBody(sizes: Sizes) {
  if (sizes.kind === "ratios") return { ratios: [...sizes.ratios] };
  if (sizes.kind === "fixed") return { sizes: [...sizes.sizes] };
  const { minSide, maxSide, step, maxPixels } = sizes;
  return { minSide, maxSide, sideStep: step, maxPixels };
}

type Shown = Offered & { pausedUntil?: string | undefined };

function modelBody({ provider, model, kind, title, description, sizes, seed, negativePrompt, styles, promptMax, ...row }: Shown) {
  const { draft, standard, hd } = row.priceMicroUsd;
  return {
    ...{ provider, model, kind, title, description },
    capabilities: {
      ...sizesBody(sizes),
      maxCount: maxImages,
      maxPromptLength: promptMax,
      seed: seed !== undefined,
      negativePrompt,
      styles: Object.keys(styles),
    },
    priceMicroUsd: standard,
    prices: { draft, standard, hd },
    state: row.use,
    why: row.use === "on" ? whyPaused(row.pausedUntil) : row.why,
    pausedUntil: row.pausedUntil,
  };
}

function editModelBody({ provider, model, kind, title, description, takes, ...row }: EditOffered, pausedUntil?: string) {
  const { minSide, maxPixels, maxBytes } = takes;
  return {
    ...{ provider, model, kind, title, description },
    capabilities: {
      operation: row.does,
      ...(row.factors && { factors: factors.filter((factor) => row.factors?.[factor]) }),
      ...{ minSide, maxPixels, maxBytes },
    },
    priceMicroUsd: row.priceMicroUsd,
    state: row.use,
    why: row.use === "on" ? whyPaused(pausedUntil) : row.why,
    pausedUntil,
  };
}

const isOn = ({ use }: Pick<Offered, "use">): boolean => use === "on";

const example = catalogueOf((provider) => (provider === "sketch" ? [] : ["STABILITY_API_KEY"]));

const exampleTexts = textCatalogueOf((provider) => (provider === builtInText ? [] : ["OPENAI_API_KEY"]));

export const listModels = operation({
  id: "listModels",
  method: "GET",
  path: "/v1/models",
  area: "Generation",
  summary: "The catalogue of models, with what each can do and costs",
  auth: "user",
  status: 200,
  response: z.object({ items: z.array(z.union([Model, EditModel, TextModel])).max(1_000) }),
  problems: [],
  example: {
    response: {
      items: [
        ...example.models.filter(({ provider, model }) => provider === "sketch" || model === "core").map((row) => modelBody(row)),
        ...example.edits.filter(({ model }) => model === "upscale-fast").map((row) => editModelBody(row)),
        ...exampleTexts.models.filter(({ provider }) => provider === builtInText || provider === "openai").map((row) => textModelBody(row)),
      ],
    },
  },
  async run(ctx) {
    const { models, edits } = await catalogue();
    const texts = (await textCatalogue()).models;
    const drawing = [...models, ...edits];
    const lines = [...drawing.filter(isOn).map(({ provider }) => provider), ...texts.filter(isOn).map(({ provider }) => lineOf(provider))];
    const pauses = await (await capacity()).pauses([...new Set(lines)]);
    const now = ctx.clock.now();
    const until = (line: string): string | undefined => ((pauses[line] ?? 0) > now ? instant(pauses[line] ?? 0) : undefined);
    return {
      items: [
        ...models.map((row) => modelBody({ ...row, pausedUntil: isOn(row) ? until(row.provider) : undefined })),
        ...edits.map((row) => editModelBody(row, isOn(row) ? until(row.provider) : undefined)),
        ...texts.map((row) => textModelBody(row, isOn(row) ? until(lineOf(row.provider)) : undefined)),
      ],
    };
  },
});
