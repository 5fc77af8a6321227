import { expect, test } from "vitest";
import { limitsFrom, providerNames } from "./index.ts";

test("every provider has limits but the built-in renderer, and configuration has the last word", () => {
  const usual = limitsFrom();
  expect(providerNames.filter((name) => usual(name) === undefined)).toEqual(["sketch"]);
  const changed = limitsFrom(" replicate=40/600, openai=2/5 ");
  expect([changed("replicate"), changed("openai")]).toEqual([
    { atOnce: 40, perMinute: 600 },
    { atOnce: 2, perMinute: 5 },
  ]);
  expect(changed("gemini")).toEqual(usual("gemini"));
  expect(usual("constructor")).toBeUndefined();
});

test.each(["replicate", "replicate=0/5", "replicate=5/0", "replicate=101/5", "replicat=5/5", "sketch=5/5", "replicate=5", "toString=1/1"])(
  "limits such as %s are refused in words that say how they are written",
  (setting) => {
    expect(() => limitsFrom(setting)).toThrow(/replicate=40\/600, with 1 to 100 at once, and one of: replicate, stability/);
  },
);
