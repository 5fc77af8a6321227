import * as z from "zod";
import { Problem, problems } from "../kernel/index.ts";
import { type Field, fieldsMax, type Shape } from "./request.ts";

/** The shape as the adapters take it. Throws `request/invalid` where it has no fields, or too many, or one that no number fits. */
export function typeOf({ properties }: Shape): z.ZodType<Record<string, unknown>> {
  const fields = Object.entries(properties);
  const errors = fields.flatMap(([name, field]) => (isEmpty(field) ? [{ pointer: `#/schema/properties/${name}`, detail: roomless }] : []));
  if (errors.length > 0) throw new Problem(problems.invalid, roomless, { errors });
  if (fields.length < 1 || fields.length > fieldsMax)
    throw new Problem(problems.invalid, `A shape has 1 to ${fieldsMax} fields.`, {
      errors: [{ pointer: "#/schema/properties", detail: `1 to ${fieldsMax} fields.` }],
    });
  return z.strictObject(Object.fromEntries(fields.map(([name, field]) => [name, described(field)])));
}

/** All words of a shape, which a model reads as it reads the prompt. Of `bareSkin` and `bare_skin` the parts are meant. */
export const wordsIn = ({ properties }: Shape): string[] =>
  Object.entries(properties).flatMap(([name, field]) => [
    name.replace(/_/g, " ").replace(/(?<=[a-z])(?=[A-Z])/g, " "),
    ...(field.description === undefined ? [] : [field.description]),
    ...(field.type === "string" ? (field.enum ?? []) : []),
  ]);

const roomless = "There has to be a number from `minimum` to `maximum`, and a whole one for an integer.";

function isEmpty(field: Field): boolean {
  if (field.type !== "integer" && field.type !== "number") return false;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = field;
  return field.type === "integer" ? Math.ceil(minimum) > Math.floor(maximum) : minimum > maximum;
}

const described = (field: Field): z.ZodType => {
  const type = plain(field);
  return field.description === undefined ? type : type.describe(field.description);
};

function plain(field: Field): z.ZodType {
  switch (field.type) {
    case "string":
      return field.enum ? z.enum(field.enum) : words(field.maxLength);
    case "integer":
      return bounded(z.int(), field);
    case "number":
      return bounded(z.number(), field);
    case "boolean":
      return z.boolean();
    default: {
      const list = z.array(words(field.items.maxLength));
      return field.maxItems === undefined ? list : list.max(field.maxItems);
    }
  }
}

const words = (most: number | undefined) => (most === undefined ? z.string() : z.string().max(most));

function bounded(type: z.ZodNumber, { minimum, maximum }: { minimum?: number | undefined; maximum?: number | undefined }): z.ZodNumber {
  const above = minimum === undefined ? type : type.min(minimum);
  return maximum === undefined ? above : above.max(maximum);
}
