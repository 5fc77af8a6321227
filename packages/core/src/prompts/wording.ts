import type { FieldError } from "../kernel/index.ts";
import type { Content, Value, Values, Variable } from "./template.ts";

/** A piece of words with braces: as it stands, a variable's place, or one of several. */
export type Part = { text: string } | { variable: string } | { oneOf: string[] };

/** Names of variables. */
export const namePattern = /^[a-z][a-zA-Z0-9_]{0,39}$/;

/**
 * Words with braces, taken apart. `{name}` is a variable, `{red|blue}` is either; a brace that is meant as one is doubled: `{{`, `}}`.
 * `faults` say what is wrong, in sentences.
 */
export function partsOf(words: string): { parts: Part[]; faults: string[] } {
  const parts: Part[] = [];
  const faults: string[] = [];
  for (const [token, inside] of words.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g)) {
    if (token === "{{" || token === "}}") parts.push({ text: token.slice(1) });
    else if (token === "{" || token === "}")
      faults.push(`There is a lone “${token}”. One that is meant as a brace is doubled: “${token}${token}”.`);
    else if (inside === undefined) parts.push({ text: token });
    else if (inside.includes("|")) parts.push({ oneOf: inside.split("|").map((each) => each.trim()) });
    else if (namePattern.test(inside)) parts.push({ variable: inside });
    else
      faults.push(`“{${shortened(inside)}}” is no name of a variable: a small letter, then letters, digits and underscores, 40 at most.`);
  }
  return { parts, faults };
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text);

/** The words with their variables filled. Values are taken as they are: braces in them mean nothing. */
export const filled = (words: string, values: Readonly<Record<string, Value>>): string =>
  partsOf(words)
    .parts.map((part) => ("text" in part ? part.text : "variable" in part ? String(values[part.variable] ?? "") : part.oneOf[0]))
    .join("");

/** What a variable takes, in a sentence. */
export function allowedBy(variable: Variable): string {
  const example = variable.example === undefined ? "" : `, for example “${variable.example}”`;
  if (variable.type === "choice") return `One of: ${variable.choices.join(", ")}.`;
  if (variable.type === "number") return `A whole number from ${variable.minimum} to ${variable.maximum}${example}.`;
  return `Text of 1 to ${variable.maxLength} characters${example}.`;
}

export function takes(variable: Variable, value: Value): boolean {
  if (variable.type === "choice") return typeof value === "string" && variable.choices.includes(value);
  if (variable.type === "number")
    return typeof value === "number" && Number.isInteger(value) && value >= variable.minimum && value <= variable.maximum;
  return typeof value === "string" && value.trim() !== "" && value.length <= variable.maxLength;
}

/** The values that a request gives and the defaults of the others, by name; or everything that is wrong with them. */
export function valuesFor(variables: readonly Variable[], given: Values): { values: Record<string, Value>; errors: FieldError[] } {
  const values: Record<string, Value> = {};
  const errors: FieldError[] = [];
  for (const name of Object.keys(given)) {
    if (!variables.some((variable) => variable.name === name))
      errors.push({
        pointer: `#/variables/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        detail: `There is no such variable. ${namesOf(variables)}`,
      });
  }
  for (const variable of variables) {
    const value = Object.hasOwn(given, variable.name) ? given[variable.name] : variable.default;
    if (value === undefined) errors.push({ pointer: `#/variables/${variable.name}`, detail: `It has to be given. ${allowedBy(variable)}` });
    else if (!takes(variable, value)) errors.push({ pointer: `#/variables/${variable.name}`, detail: allowedBy(variable) });
    else values[variable.name] = value;
  }
  return { values, errors };
}

export const namesOf = (variables: readonly Variable[]): string =>
  variables.length === 0 ? "This template has none." : `This template has: ${variables.map(({ name }) => name).join(", ")}.`;

/** What is wrong with the content of a version: every variable is used, everything that is used is a variable, and takes its own default and example. */
export function faultsIn({ text, negativePrompt = "", variables }: Content): FieldError[] {
  const errors: FieldError[] = [];
  const used = new Set<string>();
  for (const [pointer, words] of [
    ["#/text", text],
    ["#/negativePrompt", negativePrompt],
  ] as const) {
    const { parts, faults } = partsOf(words);
    errors.push(...faults.map((detail) => ({ pointer, detail })));
    for (const part of parts) {
      if ("oneOf" in part)
        errors.push({ pointer, detail: "A template has no “{a|b}”: make it a variable of type `choice`, so that requests can name one." });
      if (!("variable" in part)) continue;
      used.add(part.variable);
      if (!variables.some(({ name }) => name === part.variable))
        errors.push({ pointer, detail: `“{${part.variable}}” is not among the variables. ${namesOf(variables)}` });
    }
  }
  for (const [place, variable] of variables.entries()) {
    const pointer = `#/variables/${place}`;
    if (variables.findIndex(({ name }) => name === variable.name) !== place)
      errors.push({ pointer: `${pointer}/name`, detail: `There is another variable “${variable.name}”.` });
    if (!used.has(variable.name))
      errors.push({ pointer: `${pointer}/name`, detail: `Neither the text nor the negative prompt uses “{${variable.name}}”.` });
    if (variable.type === "number" && variable.minimum > variable.maximum)
      errors.push({ pointer: `${pointer}/minimum`, detail: "It is above the maximum." });
    for (const kind of ["default", "example"] as const) {
      const value = variable[kind];
      if (value !== undefined && !takes(variable, value))
        errors.push({ pointer: `${pointer}/${kind}`, detail: allowedBy({ ...variable, example: undefined }) });
    }
  }
  return errors.slice(0, 50);
}
