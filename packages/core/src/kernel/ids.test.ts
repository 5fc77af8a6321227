import { assert, integer, property, string, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { derivedIdAt, lowestIdAt, newId } from "./ids.ts";

const moment = integer({ min: 0, max: 2 ** 48 - 1 });
const shape = /^pst_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

describe("an id", () => {
  test("made from names sorts by its moment, whatever the names", () => {
    assert(
      property(tuple(moment, moment), tuple(string(), string()), ([a, b], [one, other]) => {
        if (a !== b) expect(derivedIdAt("pst", a, one) < derivedIdAt("pst", b, other)).toBe(a < b);
      }),
    );
  });

  test("made from names is the same each time, and another for other names", () => {
    assert(
      property(moment, string(), string(), (at, one, other) => {
        expect(derivedIdAt("pst", at, one, other)).toMatch(shape);
        expect(derivedIdAt("pst", at, one, other)).toBe(derivedIdAt("pst", at, one, other));
        expect(derivedIdAt("pst", at, `${one}${other}`)).not.toBe(derivedIdAt("pst", at, one, other));
      }),
    );
  });

  test("is never below the lowest of its moment, and always below that of the next", () => {
    assert(
      property(integer({ min: 0, max: 2 ** 48 - 2 }), string(), (at, name) => {
        expect(derivedIdAt("pst", at, name) >= lowestIdAt("pst", at)).toBe(true);
        expect(derivedIdAt("pst", at, name) < lowestIdAt("pst", at + 1)).toBe(true);
      }),
    );
  });

  test("has a lowest for every moment, also those that no id can have", () => {
    assert(
      property(integer({ min: -8.64e15, max: 8.64e15 }), (at) => {
        expect(lowestIdAt("pst", at)).toMatch(shape);
      }),
    );
    expect(lowestIdAt("pst", -1)).toBe(lowestIdAt("pst", 0));
  });

  test("is greater than the one before it in the same process, within one millisecond too", () => {
    const at = Date.now();
    const ids = Array.from({ length: 1_000 }, () => newId("pst", at));
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const id of ids) expect(id).toMatch(shape);
  });
});
