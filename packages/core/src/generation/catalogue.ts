/** What a model can do; requests are checked against it. Sizes in pixels. */
export type Capabilities = {
  minSide: number;
  maxSide: number;
  /** Sides are multiples of this. */
  sideStep: number;
  maxPixels: number;
  maxCount: number;
  seed: boolean;
  negativePrompt: boolean;
  styles: readonly string[];
};

export type Model = {
  provider: string;
  model: string;
  kind: "image";
  title: string;
  description: string;
  capabilities: Capabilities;
  /** For one image; 1,000,000 is a dollar. */
  priceMicroUsd: number;
  state: "on" | "off" | "retired";
  /** Why it is not on. */
  why?: string;
};

/** Kept for each image, so that it can be drawn again years later. */
export const qualities = ["draft", "standard", "hd"] as const;
export type Quality = (typeof qualities)[number];

/** Side of a square picture that was asked for without a size. */
export const defaultSide: Record<Quality, number> = { draft: 512, standard: 1024, hd: 1536 };

export const sketchStyles = ["landscape", "ridges", "flow", "circles", "tiling", "waves", "skyline", "botanical"] as const;

export const catalogue: readonly Model[] = [
  {
    provider: "sketch",
    model: "sketch-1",
    kind: "image",
    title: "Sketch",
    description:
      "Built in: a procedural renderer, not an AI model. It draws abstract scenes from the words, the style and the seed; it needs no key and costs nothing.",
    capabilities: {
      minSide: 64,
      maxSide: 2048,
      sideStep: 1,
      maxPixels: 2048 * 2048,
      maxCount: 8,
      seed: true,
      negativePrompt: true,
      styles: sketchStyles,
    },
    priceMicroUsd: 0,
    state: "on",
  },
];

/** Micro-dollars for one image of the model. */
export const priceOf = ({ provider, model }: Pick<Model, "provider" | "model">): number =>
  catalogue.find((entry) => entry.provider === provider && entry.model === model)?.priceMicroUsd ?? 0;
