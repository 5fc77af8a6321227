import type { GenerationRequest, Quote } from "../generation/index.ts";
import { type Context, type FieldError, Problem } from "../kernel/index.ts";
import { applied, type Wishes } from "./fill.ts";
import { promptProblems } from "./problems.ts";
import type { PreviewRequest } from "./request.ts";
import type { Content, Value, Variable } from "./template.ts";
import { findVersion, invalid, namedTemplate, type PromptDeps } from "./templates.ts";
import { allowedBy, partsOf, takes, valuesFor } from "./wording.ts";

/** More pictures than somebody looks at by hand; every one of them is drawn, and paid. */
export const mostVariations = 200;

/** One of the requests that would be made, as it can be sent. */
export type Variation = { prompt: string; negativePrompt?: string; variables?: Record<string, Value> };

/** `count` variations of `images` pictures in all, and what all of them cost. `items` are the first. */
export type Preview = Pick<Quote, "provider" | "model" | "costMicroUsd"> & {
  count: number;
  images: number;
  template?: { id: string; version: number };
  items: Variation[];
};

/** `quote` says what one of the requests would cost, and refuses what could not be made. */
export type PreviewDeps = PromptDeps & { quote: (request: GenerationRequest) => Quote };

/** Every choice with every other, the last one changing fastest: always in the same order. Throws `prompts/too-many-variations`. */
export function combinations<T>(axes: readonly (readonly T[])[]): T[][] {
  const count = axes.reduce((product, axis) => product * axis.length, 1);
  if (count > mostVariations)
    throw new Problem(
      promptProblems.tooManyVariations,
      `These are ${count > 1_000_000 ? "more than a million" : count} variations; at most ${mostVariations} are allowed. Name fewer values, or ask in parts.`,
    );
  return axes.reduce<T[][]>((rows, axis) => rows.flatMap((row) => axis.map((value) => [...row, value])), [[]]);
}

/** What a request with several values would make, and cost. Makes nothing. A template's experiment is left out: without a number, its version in production counts. */
export async function preview(ctx: Context, deps: PreviewDeps, request: PreviewRequest): Promise<Preview> {
  const { prompt, templateId, templateVersion, variables = {}, limit, ...wishes } = request;
  if (templateId === undefined) return told(deps, ofWords(prompt ?? "", wishes), limit);
  const template = await namedTemplate(ctx, deps, templateId);
  const use = { id: template.id, version: templateVersion ?? template.labels.production };
  const content = await findVersion(ctx, deps, template, use.version, "#/templateVersion");
  return { ...told(deps, ofTemplate(content, use, wishes, variables), limit), template: use };
}

type Variant = { request: GenerationRequest; variables?: Record<string, Value> };

function told({ quote }: PreviewDeps, variants: readonly Variant[], limit: number): Omit<Preview, "template"> {
  const quotes = variants.map(({ request }) => quote(request));
  const { provider = "", model = "" } = quotes[0] ?? {};
  return {
    provider,
    model,
    count: variants.length,
    images: quotes.reduce((sum, { count }) => sum + count, 0),
    costMicroUsd: quotes.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
    items: variants.slice(0, limit).map(({ request: { prompt, negativePrompt }, variables }) => ({
      prompt,
      ...(negativePrompt !== undefined && { negativePrompt }),
      ...(variables && { variables }),
    })),
  };
}

/** `{red|blue}` stands for either. An empty one is nothing: of the blanks around it, one is left. */
function ofWords(prompt: string, { quality = "standard", ...wishes }: Wishes): Variant[] {
  const { parts, faults } = partsOf(prompt);
  const errors = faults.map((detail): FieldError => ({ pointer: "#/prompt", detail }));
  for (const part of parts)
    if ("variable" in part)
      errors.push({
        pointer: "#/prompt",
        detail: `“{${part.variable}}” is no choice. Write “{a|b}” for either, or use a template for variables.`,
      });
  if (errors.length > 0) throw invalid("These words cannot be varied.", errors.slice(0, 50));
  const axes = parts.map((part) => ("oneOf" in part ? [...new Set(part.oneOf)] : ["text" in part ? part.text : ""]));
  const varied = combinations(axes).map((pieces) => pieces.join(""));
  const prompts = axes.length > 1 ? varied.map((words) => words.replaceAll(/ {2,}/g, " ").trim()) : varied;
  if (prompts.includes(""))
    throw invalid("These words cannot be varied.", [{ pointer: "#/prompt", detail: "One of the variations has no words." }]);
  return prompts.map((words) => ({ request: { ...wishes, prompt: words, quality } }));
}

type Given = Readonly<Record<string, Value | readonly Value[]>>;

const listOf = (given: Value | readonly Value[]): readonly Value[] => (typeof given === "object" ? given : [given]);

/** Each variable with the values that are given for it, in the order of the template's variables. */
function ofTemplate(content: Content, use: { id: string; version: number }, wishes: Wishes, given: Given): Variant[] {
  const first = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, listOf(values)[0] as Value]));
  const { values: standard, errors } = valuesFor(content.variables, first);
  const axes = content.variables.map((variable) => {
    const values = Object.hasOwn(given, variable.name) ? listOf(given[variable.name] as Value) : [standard[variable.name] as Value];
    errors.push(...faultsOf(variable, values));
    return [...new Set(values)];
  });
  if (errors.length > 0) throw invalid("These values do not fill the template.", errors.slice(0, 50));
  return combinations(axes).map((row) => {
    const variables = Object.fromEntries(content.variables.map(({ name }, place) => [name, row[place] as Value]));
    return { request: applied(content, use, wishes, variables), variables };
  });
}

/** The first value has been looked at with all others' first ones. */
const faultsOf = (variable: Variable, values: readonly Value[]): FieldError[] =>
  values.flatMap((value, place) =>
    place === 0 || takes(variable, value) ? [] : [{ pointer: `#/variables/${variable.name}/${place}`, detail: allowedBy(variable) }],
  );
