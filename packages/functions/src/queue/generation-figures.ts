import type { Job } from "@atelier/core/generation";
import { type Figures, measure } from "../metrics.ts";

const figureOf: Partial<Record<Job["state"], keyof Figures>> = {
  succeeded: "GenerationsFinished",
  failed: "GenerationsFailed",
  refused: "GenerationsRefused",
};

/** Counts a generation that has come to its end. What its owner canceled is none of ours. */
export function measureEnd({ state, provider }: Job): void {
  const figure = figureOf[state];
  if (figure) measure({ provider }, { [figure]: 1 });
}
