import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { slugOf, slugPattern } from "./channel.ts";

test("any name gives an address that is allowed", () => {
  for (const unit of ["binary", "grapheme-composite"] as const)
    assert(
      property(string({ unit, maxLength: 80 }), (name) => {
        expect(slugOf(name)).toMatch(slugPattern);
      }),
    );
});

test("an address that is allowed is that of its own name", () => {
  for (const slug of ["harbour-days", "a1b", "x".repeat(40)]) expect(slugOf(slug)).toBe(slug);
});

test.each([
  ["Été à Lyon", "ete-a-lyon"],
  ["  --Harbour   Days!--  ", "harbour-days"],
  ["港", "gallery"],
  ["", "gallery"],
  ["ab", "gallery-ab"],
])("“%s” becomes “%s”", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
