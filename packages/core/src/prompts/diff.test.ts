import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOf, diffOf } from "./diff.ts";

const words = array(constantFrom("a", "b", "boat", " ", "  ", "harbour,", "\n"), { maxLength: 12 }).map((each) => each.join(""));

describe("the difference of two texts", () => {
  test("gives both of them back", () => {
    assert(
      property(words, words, (older, newer) => {
        const changes = diffOf(older, newer);
        const without = (kind: string) =>
          changes
            .filter((change) => change.kind !== kind)
            .map(({ text }) => text)
            .join("");
        expect([without("added"), without("removed")]).toEqual([older, newer]);
      }),
    );
  });

  test("of a text to itself is nothing, and names only the words that differ", () => {
    assert(property(words, (text) => diffOf(text, text).every(({ kind }) => kind === "same")));
    expect(diffOf("a quiet harbour at dawn", "a busy harbour at dawn")).toEqual([
      { kind: "same", text: "a " },
      { kind: "removed", text: "quiet" },
      { kind: "added", text: "busy" },
      { kind: "same", text: " harbour at dawn" },
    ]);
  });
});

test("variables and parameters are compared by name", () => {
  const older = { text: "{a} {b}", variables: [text("a"), text("b")], parameters: { width: 64, style: "flow" } };
  const newer = { text: "{a} {c}", variables: [{ ...text("a"), maxLength: 9 }, text("c")], parameters: { width: 64, height: 32 } };
  expect(differenceOf(older, newer)).toMatchObject({
    variables: [
      { name: "a", kind: "changed" },
      { name: "b", kind: "removed" },
      { name: "c", kind: "added" },
    ],
    parameters: [
      { name: "height", kind: "added" },
      { name: "style", kind: "removed" },
    ],
  });
});

const text = (name: string) => ({ type: "text" as const, name, maxLength: 200 });
