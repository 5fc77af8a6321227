import { invalidParameter, sqsError } from "./errors.ts";

/** The body of a call, or one object inside it. */
export type Input = Record<string, unknown>;

const missing = (name: string) => sqsError("MissingParameter", `The request must contain the parameter ${name}.`);

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalidParameter(`Value for parameter ${name} is invalid. Reason: Must be a string.`);
  return value;
}

export function text(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === "") throw missing(name);
  return value;
}

/** A whole number within `from`..`to`, both included; undefined if it is not given. */
export function optionalWhole(input: Input, name: string, from: number, to: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < from || value > to)
    throw invalidParameter(
      `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be >= ${from} and <= ${to}, if provided.`,
    );
  return value;
}

export function whole(input: Input, name: string, from: number, to: number): number {
  const value = optionalWhole(input, name, from, to);
  if (value === undefined) throw missing(name);
  return value;
}

export function texts(input: Input, name: string): string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
    throw invalidParameter(`Value for parameter ${name} is invalid. Reason: Must be a list of strings.`);
  return value;
}

export const isObject = (value: unknown): value is Input => typeof value === "object" && value !== null && !Array.isArray(value);

export function optionalObject(input: Input, name: string): Input {
  const value = input[name] ?? {};
  if (!isObject(value)) throw invalidParameter(`Value for parameter ${name} is invalid. Reason: Must be a structure.`);
  return value;
}
