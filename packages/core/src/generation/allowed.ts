import { Problem } from "../kernel/index.ts";
import { drawsForAdults } from "../providers/index.ts";
import type { Asked, Rating } from "../safety/index.ts";
import { choicesOf, type Job } from "./job.ts";
import { generationProblems } from "./problems.ts";

/** What is judged of a request: what shall be seen, and what shall not. */
export const wordsOf = ({ prompt, style, negativePrompt }: Pick<Job, "prompt" | "style" | "negativePrompt">): Asked => ({
  words: [prompt, style],
  negative: negativePrompt,
});

type Routed = Pick<Job, "provider" | "model" | "route">;

/** What is for adults goes to those alone whose terms allow it. */
export function allowedFor<T extends Routed>(job: T, rating: Rating): T {
  if (rating !== "mature") return job;
  const [first, ...more] = choicesOf(job).filter(({ provider }) => drawsForAdults(provider));
  if (!first)
    throw new Problem(
      generationProblems.modelUnavailable,
      "The terms of those who would be asked do not allow pictures for adults. Ask one of your own machines.",
    );
  const { route: _route, ...rest } = job;
  return { ...rest, ...first, ...(more.length > 0 && { route: [first, ...more] }) } as T;
}
