import type { ChoiceVariable, Content, NumberVariable, Parameters, TextVariable, Variable } from "../template.ts";

/** A shipped template. Its `key` names it for ever, since its id is made from that: the words may become better, what it is stays. */
export type Entry = Content & { key: string; name: string; description: string };

export type Category = { category: string; title: string; entries: readonly Entry[] };

/** Nobody wants these, whatever the picture shows. */
const never = "nudity, violence, gore, watermark, signature, text, low quality, blurry";

/** An entry of a category: `against` is what spoils pictures of its kind. */
export const entry = (
  key: string,
  name: string,
  description: string,
  text: string,
  variables: Variable[],
  more: { against: string; parameters: Parameters },
): Entry => ({ key, name, description, text, variables, negativePrompt: `${more.against}, ${never}`, parameters: more.parameters });

/** To be given with each request; the example shows how. */
export const words = (name: string, example: string, maxLength = 120): TextVariable => ({ type: "text", name, maxLength, example });
/** Left as it is if nothing else is wished. */
export const wordsOr = (name: string, standard: string, maxLength = 120): TextVariable => ({
  type: "text",
  name,
  maxLength,
  default: standard,
  example: standard,
});
/** The first is what it is if nothing else is wished. */
export const either = (name: string, ...choices: [string, ...string[]]): ChoiceVariable => ({
  type: "choice",
  name,
  choices,
  default: choices[0],
});
export const count = (name: string, minimum: number, maximum: number, standard: number): NumberVariable => ({
  type: "number",
  name,
  minimum,
  maximum,
  default: standard,
});

export const square: Parameters = { width: 1024, height: 1024 };
export const tall: Parameters = { width: 896, height: 1152 };
export const wide: Parameters = { width: 1152, height: 896 };
export const banner: Parameters = { width: 1344, height: 768 };
