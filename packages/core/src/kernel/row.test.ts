import { marshall } from "@aws-sdk/util-dynamodb";
import { assert, constantFrom, dictionary, type JsonValue, jsonValue, property } from "fast-check";
import { describe, expect, test } from "vitest";
import type { RowEvent } from "./event.ts";
import { eventIn, itemOf, objectOf, rowOf } from "./row.ts";

const event: RowEvent = {
  id: "evt_1",
  type: "publishing.post.scheduled",
  at: "2026-11-20T10:00:00.000Z",
  actor: "u",
  correlationId: "req_1",
  workspaceId: "w",
  subject: "pst_1",
  version: 1,
};

/** A row as they were written when every value was an attribute. */
const former = (row: Record<string, unknown>) => marshall(row, { removeUndefinedValues: true });

/** Without what JSON itself does not give back (-0), and without numbers that an attribute would refuse. */
const kept = (value: JsonValue): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value, (_, member) => (typeof member === "number" && Math.abs(member) > Number.MAX_SAFE_INTEGER ? 1 : member)));

describe("a row", () => {
  test("gives back what it was given, whatever an object holds, and so do rows from before", () => {
    const name = constantFrom("state", "tags", "deliveries", "approval", "problem", "stars");
    assert(
      property(dictionary(name, jsonValue({ noUnicodeString: false })), (made) => {
        const object = kept(made);
        const row = {
          attributes: ["state", "tags"],
          pk: "a",
          sk: "b",
          statePk: "c",
          dueShard: "d",
          dueAt: 1,
          expiresAt: 2,
          event,
          ...object,
        };
        for (const item of [itemOf(row), former({ ...row, attributes: undefined })]) {
          expect(objectOf(item)).toEqual(object);
          expect({ ...rowOf(item), attributes: row.attributes }).toEqual(row);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("keeps as attributes what expressions and indexes ask for, and sets, and the rest as one text", () => {
    const item = itemOf({
      attributes: ["state", "claims", "folderId", "deletedAt"],
      pk: "a",
      sk: "b",
      version: 3,
      state: "scheduled",
      folderId: undefined,
      deletedAt: null,
      told: new Set(["x"]),
      tags: ["sea"],
      claims: [],
      deliveries: [{ attempts: [{ outcome: "unknown" }] }],
      approval: { by: "u" },
      event,
    });
    expect(item).toEqual({
      pk: { S: "a" },
      sk: { S: "b" },
      version: { N: "3" },
      state: { S: "scheduled" },
      deletedAt: { NULL: true },
      told: { SS: ["x"] },
      claims: { L: [] },
      rest: { S: '{"tags":["sea"],"deliveries":[{"attempts":[{"outcome":"unknown"}]}],"approval":{"by":"u"}}' },
      event: { S: JSON.stringify(event) },
    });
  });

  test("is what an expression has made of it since", () => {
    const item = itemOf({ attributes: ["claims"], pk: "a", sk: "b", claims: ["one"], approval: { by: "u" } });
    item.claims = { L: [{ S: "one" }, { S: "two" }] };
    item.approval = { S: "none" };
    expect(objectOf(item)).toEqual({ claims: ["one", "two"], approval: "none" });
  });

  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [undefined],
    new Set(["x"]),
    new Map(),
    new Date(0),
    Buffer.from("x"),
    new Uint8Array(1),
  ])("refuses %s deep within, which JSON would turn into something else", (value) => {
    expect(() => itemOf({ pk: "a", sk: "b", deep: { value } })).toThrow("A row cannot keep");
    expect(() => itemOf({ pk: "a", sk: "b", event: { ...event, data: { value } } })).toThrow("A row cannot keep");
  });
});

test("news are read from a text, and from the map of rows from before", () => {
  expect(eventIn(itemOf({ pk: "a", sk: "b", event }))).toEqual(event);
  expect(eventIn(former({ pk: "a", sk: "b", event }))).toEqual(event);
  expect(eventIn(itemOf({ pk: "a", sk: "b" }))).toBeUndefined();
});
