import fc, { type Arbitrary } from "fast-check";
import { type Documented, openSchema } from "./contract.ts";

type Schema = {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  propertyNames?: Schema;
  additionalProperties?: Schema | boolean;
};

/** One request, as plain values: what a failing run prints can be sent again. */
export type Hostile = {
  /** For each name in the path, percent-encoded or broken. */
  path: string[];
  /** As it stands in the address. */
  query: string;
  headers: Record<string, string>;
  /** Latin-1 for bytes that are no UTF-8; undefined: none. */
  body: { text: string; encoding: "utf8" | "latin1" } | undefined;
  contentType: string;
  caller: "somebody" | "nobody" | "forger";
};

const words = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "x\udfffx",
  "\u202e\u200d\ufeff",
  "e\u0301".repeat(40),
  "👩‍👩‍👧‍👦",
  "ﷺ".repeat(50),
  "__proto__",
  "constructor",
  "toString",
  "null",
  "NaN",
  "1e400",
  "../../etc/passwd",
  "%00",
  "' OR 1=1 --",
  "<script>",
  "{{7*7}}",
  "2026-02-30T25:61:61Z",
  "9999-12-31T23:59:59.999Z",
  "+275760-09-13T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-12-01T09:30:00.1234567890123Z",
  "javascript:alert(1)",
  "http://[::1]:80@evil/",
  "img_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
  "img_00000000000000000000000000",
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
);
const number = fc.constantFrom(0, -0, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e21);

const nested = (depth: number, kind: "array" | "object"): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = kind === "array" ? [value] : { a: value };
  return value;
};
/** An own member of that name, which a literal would take for the prototype. */
const prototype = (value: unknown): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)},"constructor":{"prototype":{}}}`);

/** What fits nowhere, or only by chance. */
const anything: Arbitrary<unknown> = fc.oneof(
  word,
  number,
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { length: 1 }, { $ref: "#" }),
  fc.constantFrom<unknown>(nested(50, "array"), nested(1_000, "array"), nested(1_000, "object"), prototype({ admin: true })),
  fc.jsonValue({ maxDepth: 3 }),
);

const around = (...values: (number | undefined)[]): number[] => [
  ...new Set(values.flatMap((value) => (value === undefined ? [] : [value - 1, value, value + 1]))),
];

function ofString({ minLength, maxLength = 200, format }: Schema): Arbitrary<unknown> {
  const lengths = around(minLength ?? 0, maxLength).filter((length) => length >= 0 && length <= 20_000);
  const long = fc
    .tuple(fc.constantFrom("a", "é", "한", "😀", " ", "\u0301"), fc.constantFrom(...lengths))
    .map(([unit, length]) => unit.repeat(length).slice(0, length));
  const moments = fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
  return fc.oneof(long, word, ...(format === "date-time" ? [moments] : []));
}

/** Values that this part of the schema takes, or nearly: on its bounds, and one step past them. */
function of(schema: Schema): Arbitrary<unknown> {
  if (schema.$ref) return of(openSchema(schema.$ref.slice(2).split("/")) as Schema);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(of));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(of));
  if (schema.type === "string") return ofString(schema);
  if (schema.type === "integer" || schema.type === "number")
    return fc.oneof(fc.constantFrom(...around(schema.minimum, schema.maximum, 64)), fc.integer());
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "null") return fc.constant(null);
  if (schema.type === "array") {
    const item = fc.oneof({ weight: 5, arbitrary: of(schema.items ?? {}) }, { weight: 1, arbitrary: anything });
    const full = fc
      .tuple(item, fc.constantFrom(...around(schema.maxItems ?? 10)))
      .map(([one, length]) => new Array<unknown>(Math.min(length, 200)).fill(one));
    return fc.oneof({ weight: 3, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: full });
  }
  if (schema.type === "object") {
    if (schema.properties) return object(schema.properties, {});
    const member = typeof schema.additionalProperties === "object" ? of(schema.additionalProperties) : anything;
    return fc
      .array(fc.tuple(fc.oneof(word, of(schema.propertyNames ?? { type: "string" }).map(String)), member), { maxLength: 25 })
      .map(members);
  }
  return anything;
}

/** `JSON.parse` gives `__proto__` as a member of its own; so does this. */
const members = (entries: readonly (readonly [string, unknown])[]): unknown => {
  const made: Record<string, unknown> = {};
  for (const [name, value] of entries) Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
};

/**
 * An object like the example: some members as they stand there (`kept` to five), some on their bounds, some absurd, some missing, now and then one
 * too many.
 */
function object(properties: Record<string, Schema>, example: Record<string, unknown>, kept = 8): Arbitrary<unknown> {
  const absent = fc.constant<unknown[]>([]);
  const named = Object.entries(properties).map(([name, schema]) =>
    fc
      .oneof(
        { weight: kept, arbitrary: name in example ? fc.constant([example[name]]) : absent },
        { weight: 3, arbitrary: of(schema).map((value) => [value]) },
        { weight: 1, arbitrary: anything.map((value) => [value]) },
        { weight: 1, arbitrary: absent },
      )
      .map((value) => value.map((one) => [name, one] as const)),
  );
  const surplus = fc.oneof(
    { weight: 12, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(word, anything), { maxLength: 3 }) },
  );
  return fc.tuple(surplus, ...named).map((parts) => members(parts.flat()));
}

/** Percent-encoded as bytes, half characters too; `encodeURIComponent` refuses those. */
const encoded = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((unit) => (unit.isWellFormed() ? encodeURIComponent(unit) : "%ED%A0%80")).join("");

/** Dots alone are resolved by whoever sends an address, before anybody receives it. */
const segment = (text: string): string => (/^\.*$/.test(text) ? `x${text}` : encoded(text));

const latin = (text: string): string => text.replace(/[^\x21-\x7e\xa0-\xff]/g, "~");
const maybe = <T>(weight: number, value: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });

const queryOf = (op: Documented): Arbitrary<string> => {
  const documented = op.parameters.filter((parameter) => parameter.in === "query");
  const pair = ({ name, schema }: (typeof documented)[number]) =>
    fc.oneof(of(schema as Schema), fc.integer({ min: 1, max: 100 }), word).map((value) => `${name}=${encoded(String(value))}`);
  const odd = fc.oneof(
    fc.tuple(word, word).map(([name, value]) => `${encoded(name)}=${encoded(value)}`),
    fc.constantFrom("&&", "=", "limit", "%zz=1", "cursor=%ff"),
  );
  const one = fc.oneof(...documented.map((parameter) => ({ weight: 4, arbitrary: pair(parameter) })), { weight: 1, arbitrary: odd });
  return fc.array(one, { maxLength: documented.length > 0 ? 4 : 1 }).map((pairs) => (pairs.length > 0 ? `?${pairs.join("&")}` : ""));
};

const bodyOf = (op: Documented, example: Record<string, unknown>): Arbitrary<Hostile["body"]> => {
  const schema = op.requestBody?.content["application/json"]?.schema;
  if (!schema)
    return maybe(
      1,
      fc.constantFrom("", "{}", '{"a":1}', "[", "null").map((text) => ({ text, encoding: "utf8" as const })),
    );
  const { properties = {} } = (schema.$ref ? openSchema(String(schema.$ref).slice(2).split("/")) : schema) as Schema;
  // Of large bodies a wild one is never right in all its parts: a quarter of them differ in few.
  const sound = fc
    .oneof({ weight: 3, arbitrary: object(properties, example) }, { weight: 1, arbitrary: object(properties, example, 80) })
    .map((value) => JSON.stringify(value));
  const broken = fc
    .tuple(sound, fc.nat(400), fc.constantFrom("", "}", "\u0000", "\ufeff", ",", '"\\ud800"', "\\u0000"))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  const other = anything.map((value) => JSON.stringify(value));
  const deep = fc.constantFrom(
    "[".repeat(100_000),
    `{"\\ud800":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  );
  return fc.oneof(
    { weight: 24, arbitrary: sound.map((text) => ({ text, encoding: "utf8" as const })) },
    { weight: 2, arbitrary: broken.map((text) => ({ text, encoding: "utf8" as const })) },
    { weight: 1, arbitrary: sound.map((text) => ({ text: text.replace('":"', '":"\xff\xc0'), encoding: "latin1" as const })) },
    { weight: 1, arbitrary: other.map((text) => ({ text, encoding: "utf8" as const })) },
    { weight: 1, arbitrary: deep.map((text) => ({ text, encoding: "utf8" as const })) },
  );
};

const contentTypes = [
  "application/json;charset=utf-16",
  "application/merge-patch+json",
  "text/plain",
  "application/json, text/html",
  "*/*",
  "ÿ",
];

/** Requests for an operation: mostly nearly right. `ids` gives what its path may name, by the name in the path. */
export function requestsFor(
  op: Documented,
  ids: (name: string) => readonly string[],
  example: Record<string, unknown>,
): Arbitrary<Hostile> {
  const names = [...op.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const part = (name: string) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...ids(name)) },
      { weight: 1, arbitrary: word.map(segment) },
      { weight: 1, arbitrary: fc.constantFrom("%zz", "%ff", "%ED%A0%80", "x".repeat(2_000)) },
    );
  const key = fc.oneof(fc.constantFrom("k", '"k"', "", " ", "k k", "k".repeat(255), "k".repeat(256), '"', "ÿ"), fc.uuid());
  const tag = fc.oneof(fc.constantFrom('"1"', '"2"', "*", 'W/"1"', '"0"', '"999999999999999"', '"1e3"', '"1", "2"', ""), word.map(latin));
  return fc.record({
    path: fc.tuple(...names.map(part)),
    query: queryOf(op),
    headers: fc.tuple(maybe(3, tag), maybe(4, key), maybe(1, word.map(latin))).map(([match, idempotency, accept]) => ({
      ...(match !== undefined && { "if-match": match }),
      ...(idempotency !== undefined && { "idempotency-key": idempotency }),
      ...(accept !== undefined && { accept, "accept-language": accept, "content-language": accept }),
    })),
    body: bodyOf(op, example),
    contentType: fc.oneof(
      { weight: 20, arbitrary: fc.constant("application/json") },
      { weight: 1, arbitrary: fc.constantFrom(...contentTypes) },
    ),
    caller: fc.oneof(
      { weight: 18, arbitrary: fc.constant("somebody" as const) },
      { weight: 1, arbitrary: fc.constantFrom("nobody" as const, "forger" as const) },
    ),
  });
}
