import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { instanceOf } from "./json-instance.ts";
import { piecesOf, textAnswer } from "./text-model.ts";

const post = {
  type: "object",
  properties: { caption: { type: "string", minLength: 5, maxLength: 40 } },
  required: ["caption"],
  additionalProperties: false,
};

const schemas: Record<string, object> = {
  "an object of all kinds": {
    type: "object",
    additionalProperties: false,
    required: ["title", "tags", "rating", "score", "live", "kind", "none", "at", "place"],
    properties: {
      title: { type: "string", minLength: 50, maxLength: 60 },
      tags: { type: "array", items: { type: "string", maxLength: 7 }, minItems: 3, maxItems: 5 },
      rating: { type: "integer", minimum: 1, maximum: 5 },
      score: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
      live: { type: "boolean" },
      kind: { enum: ["general", "suggestive", "mature"] },
      none: { type: "null" },
      at: { type: "string", format: "date-time" },
      place: { type: ["object", "null"], required: ["lat"], properties: { lat: { type: "number", minimum: -90, maximum: 90 } } },
    },
  },
  "a reference and a choice": {
    type: "object",
    required: ["posts", "best"],
    properties: {
      posts: { type: "array", items: { $ref: "#/$defs/post" } },
      best: { anyOf: [{ type: "null" }, { $ref: "#/$defs/post" }] },
    },
    $defs: { post },
  },
  "parts that hold together": { allOf: [post, { type: "object" }] },
  "a tuple": { type: "array", prefixItems: [{ const: "x" }, { type: "integer", multipleOf: 5, minimum: 12, maximum: 31 }], items: false },
  "negative bounds": { type: "integer", maximum: -10 },
};

describe("an instance of a schema", () => {
  test.each(Object.entries(schemas))("is valid: %s", (_, schema) => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    for (let count = 0; count < 50; count += 1) {
      validate(instanceOf(schema, `prompt ${count}`));
      expect(validate.errors).toBeNull();
    }
  });

  test("is the same for the same words and another for others", () => {
    const schema = schemas["an object of all kinds"];
    expect(instanceOf(schema, "a")).toEqual(instanceOf(schema, "a"));
    expect(instanceOf(schema, "a")).not.toEqual(instanceOf(schema, "b"));
  });

  test("follows Gemini's types in capitals", () => {
    expect(instanceOf({ type: "ARRAY", items: { type: "INTEGER", minimum: 3, maximum: 3 } }, "a")).toEqual([3]);
  });

  test("of a schema that holds itself has an end", () => {
    const node: Record<string, unknown> = { type: "object", properties: { child: { $ref: "#" } } };
    expect(JSON.stringify(instanceOf(node, "a")).length).toBeLessThan(1_000);
  });
});

test("a text model says the same to the same words, within its tokens, and can break its JSON", () => {
  const asked = { words: "system\nhello", prompt: "hello", form: { kind: "text" }, broken: false } as const;
  const { text } = textAnswer(asked);
  expect(textAnswer(asked).text).toBe(text);
  expect(textAnswer({ ...asked, words: "other\nhello" }).text).not.toBe(text);
  expect(textAnswer({ ...asked, tokensMax: 3 })).toMatchObject({ text: text.slice(0, 12), tokensOut: 3, cut: true });
  expect(piecesOf(text).join("")).toBe(text);
  expect(() => JSON.parse(textAnswer({ ...asked, form: { kind: "any" } }).text)).not.toThrow();
  expect(() => JSON.parse(textAnswer({ ...asked, form: { kind: "any" }, broken: true }).text)).toThrow();
});
