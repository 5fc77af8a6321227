/** `refused` is a refusal of content, whatever the provider's own word for it. */
export type PredictionState = "running" | "succeeded" | "failed" | "refused" | "canceled";

/** A piece of paid work that the provider took, and what it bills for it as things stand. */
export type Prediction = {
  /** The id that the provider gave, or one of the simulator's own where it gives none. */
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  /** What else was asked, as the provider understood it: sizes, seed, count. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** When it was taken, by the provider's clock. */
  readonly at: string;
  state: PredictionState;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
};

/** What the work costs is counted when it is taken; an end that is not billed sets it to 0. */
export type Work = Omit<Prediction, "at" | "state"> & { state?: PredictionState };

const keptMax = 10_000;

/** All the work that was taken; beyond 10,000 pieces the oldest are forgotten. */
export function ledger(now: () => number) {
  const predictions: Prediction[] = [];
  return {
    accept(work: Work): Prediction {
      const prediction: Prediction = { state: "running", ...work, at: new Date(now()).toISOString() };
      predictions.push(prediction);
      if (predictions.length > keptMax) predictions.shift();
      return prediction;
    },
    /** Copies, oldest first. */
    predictions: (): Prediction[] => predictions.map((prediction) => ({ ...prediction })),
  };
}
