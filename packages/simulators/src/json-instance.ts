import { createHash } from "node:crypto";

type Schema = Readonly<Record<string, unknown>>;

const depthMax = 12;
const listMax = 50;

/**
 * A value that a JSON schema allows, the same for the same words: objects with all their properties, lists with as many items as they must have
 * and at least one. Knows type (also Gemini's, in capitals), properties, items, prefixItems, enum, const, anyOf, oneOf, allOf, $ref within
 * the schema, nullable, lengths, bounds, multipleOf and the usual formats; not pattern. With `names` of what is to be told, a list has an item for each of
 * them: its strings are the name, and its numbers are high, the first one's the highest.
 */
export function instanceOf(schema: unknown, words: string, names: readonly string[] = []): unknown {
  return make(asSchema(schema), { root: asSchema(schema), words, names, path: "", depth: 0 });
}

type Place = { root: Schema; words: string; names: readonly string[]; path: string; depth: number };

function make(schema: Schema, place: Place): unknown {
  if (place.depth > depthMax) return null;
  const deeper = { ...place, depth: place.depth + 1 };
  if (typeof schema.$ref === "string") return make(referred(place.root, schema.$ref), deeper);
  if (schema.const !== undefined) return schema.const;
  const draw = drawer(place);
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[Math.floor(draw() * schema.enum.length)];
  for (const choice of [schema.anyOf, schema.oneOf])
    if (Array.isArray(choice)) return make(asSchema(choice.find((one) => typeOf(asSchema(one)) !== "null") ?? choice[0]), deeper);
  if (Array.isArray(schema.allOf)) return make(Object.assign({}, schema, { allOf: undefined }, ...schema.allOf) as Schema, deeper);
  switch (typeOf(schema)) {
    case "object":
      return Object.fromEntries(
        Object.entries(asSchema(schema.properties)).map(([name, one]) => [
          name,
          make(asSchema(one), { ...deeper, path: `${place.path}/${name}` }),
        ]),
      );
    case "array":
      return items(schema, deeper);
    case "integer":
      return number(schema, draw, true);
    case "number":
      return number(schema, draw, false);
    case "boolean":
      return draw() < 0.5;
    case "null":
      return null;
    default:
      return text(schema, place);
  }
}

function items(schema: Schema, place: Place): unknown[] {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems.map(asSchema) : [];
  const least = Math.max(numberOr(schema.minItems, 1), prefix.length, place.names.length);
  const count = Math.min(listMax, least, numberOr(schema.maxItems, listMax));
  return Array.from({ length: count }, (_, index) =>
    make(prefix[index] ?? asSchema(schema.items), { ...place, path: `${place.path}/${index}` }),
  );
}

function number(schema: Schema, draw: () => number, whole: boolean): number {
  const step = numberOr(schema.multipleOf, whole ? 1 : 0);
  const least = Math.max(numberOr(schema.minimum, -Infinity), numberOr(schema.exclusiveMinimum, -Infinity) + (step || 1e-6));
  const min = Number.isFinite(least) ? least : Math.min(0, numberOr(schema.maximum, 0));
  const most = Math.min(numberOr(schema.maximum, Infinity), numberOr(schema.exclusiveMaximum, Infinity) - (step || 1e-6));
  const max = Number.isFinite(most) ? most : min + 100;
  const drawn = min + draw() * (max - min);
  if (step === 0) return Math.min(max, Math.max(min, Math.round(drawn * 1000) / 1000));
  const first = Math.ceil(min / step) * step;
  return Math.min(first + Math.floor((drawn - min) / step) * step, Math.floor(max / step) * step);
}

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-01-02T03:04:05Z",
  date: "2026-01-02",
  time: "03:04:05Z",
  email: "someone@example.com",
  uri: "https://example.com/simulated",
  uuid: "6f1b6a52-3c1e-4a07-9d51-6f0b1f0c2d3e",
  ipv4: "192.0.2.1",
};

function text(schema: Schema, place: Place): string {
  const { words, path } = place;
  const known = formats[String(schema.format)];
  if (known !== undefined) return known;
  const name = path.split("/").findLast((part) => /\D/.test(part)) ?? "text";
  const drawn = digestOf(words + path)
    .toString("hex")
    .slice(0, 6);
  const filled = nameAt(place) ?? `Simulated ${name} ${drawn}`;
  const [min, max] = [numberOr(schema.minLength, 0), numberOr(schema.maxLength, Infinity)];
  return filled.padEnd(Math.min(min, 100_000), " word").slice(0, max);
}

/** Numbers from 0 to 1 for one place of one answer. */
function drawer(place: Place): () => number {
  if (nameAt(place) !== undefined) return () => 0.95 - itemOf(place) / 10;
  return () => digestOf(place.words + place.path).readUInt32BE(0) / 2 ** 32;
}

/** Which item of the list around it a place is in, or -1. */
const itemOf = ({ path }: Place): number => Number(path.split("/").findLast((part) => /^\d+$/.test(part)) ?? -1);

const nameAt = (place: Place): string | undefined => place.names[itemOf(place)];

const digestOf = (words: string) => createHash("sha256").update(words).digest();

function typeOf({ type, properties, items: listed }: Schema): string {
  const first = Array.isArray(type) ? (type.find((one) => one !== "null") ?? "null") : type;
  if (typeof first === "string") return first.toLowerCase();
  if (properties !== undefined) return "object";
  return listed !== undefined ? "array" : "string";
}

const asSchema = (value: unknown): Schema => (typeof value === "object" && value !== null ? (value as Schema) : {});

const numberOr = (value: unknown, other: number): number =>
  value === undefined || value === null || Number.isNaN(Number(value)) ? other : Number(value);

/** Such as `#/$defs/post`. */
function referred(root: Schema, reference: string): Schema {
  const parts = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  return parts.reduce<Schema>((at, part) => asSchema(at[part.replaceAll("~1", "/").replaceAll("~0", "~")]), root);
}
