import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Content, Variable } from "./template.ts";
import { faultsIn, filled, partsOf, valuesFor } from "./wording.ts";

const medium: Variable = { type: "choice", name: "medium", choices: ["oil", "ink"], default: "oil" };
const subject: Variable = { type: "text", name: "subject", maxLength: 20, example: "a boat" };
const boats: Variable = { type: "number", name: "boats", minimum: 1, maximum: 9, default: 3 };
const content: Content = { text: "{medium} of {subject}, {boats} boats", variables: [medium, subject, boats], parameters: {} };
const places = (given: Record<string, string | number>) => valuesFor(content.variables, given).errors;

describe("words with braces", () => {
  test("are filled by name, and a doubled brace is one", () => {
    expect(filled("{a} and {b}, {{c}} {a}", { a: "x", b: 7 })).toBe("x and 7, {c} x");
  });

  test("take a value as it is, whatever braces are in it", () => {
    assert(property(string(), string(), (a, b) => filled("{a}-{b}", { a, b }) === `${a}-${b}`));
  });

  test("are told apart into pieces that, written again, are the same words", () => {
    const piece = constantFrom("{{", "}}", "{a}", "{x|y z}", "plain", " ", "\n", "é");
    assert(
      property(piece, piece, piece, (...pieces) => {
        const { parts, faults } = partsOf(pieces.join(""));
        const again = parts.map((part) =>
          "text" in part
            ? part.text.replaceAll("{", "{{").replaceAll("}", "}}")
            : "variable" in part
              ? `{${part.variable}}`
              : `{${part.oneOf.join("|")}}`,
        );
        expect([again.join(""), faults]).toEqual([pieces.join(""), []]);
      }),
    );
  });

  test("are never the cause of a fault of ours, whatever they are", () => {
    const pieces = array(constantFrom("{", "}", "|", "medium", " ", "\n", "\u0000", "é", "👩‍👩‍👧‍👦", "__proto__", "constructor"), {
      maxLength: 20,
    });
    assert(property(pieces, (words) => void faultsIn({ ...content, text: words.join("") })));
  });
});

describe("values", () => {
  test("that are not given are the defaults", () => {
    expect(valuesFor(content.variables, { subject: "a crab" })).toEqual({
      values: { medium: "oil", subject: "a crab", boats: 3 },
      errors: [],
    });
  });

  test("that are missing, unknown or not allowed are each told by name, with what is allowed", () => {
    expect(places({ medium: "chalk", boats: 10, colour: "red" })).toEqual([
      { pointer: "#/variables/colour", detail: "There is no such variable. This template has: medium, subject, boats." },
      { pointer: "#/variables/medium", detail: "One of: oil, ink." },
      { pointer: "#/variables/subject", detail: "It has to be given. Text of 1 to 20 characters, for example “a boat”." },
      { pointer: "#/variables/boats", detail: "A whole number from 1 to 9." },
    ]);
  });

  test("of a name that would lead elsewhere are told at their own place", () => {
    expect(places({ subject: "x", "a/b~c": 1 })).toMatchObject([{ pointer: "#/variables/a~1b~0c" }]);
  });

  test("have the type of their variable, and are neither empty nor too long", () => {
    for (const wrong of ["", "  ", "x".repeat(21), 7]) expect([wrong, places({ subject: wrong }).length]).toEqual([wrong, 1]);
    for (const wrong of ["3", 0, 1.5, Number.NaN]) expect([wrong, places({ subject: "x", boats: wrong }).length]).toEqual([wrong, 1]);
    for (const inherited of ["constructor", "toString"]) expect(places({ subject: "x", [inherited]: "y" })).toHaveLength(1);
  });
});

describe("the content of a version", () => {
  test("is sound if all that it names is a variable and all variables are named", () => {
    expect(faultsIn(content)).toEqual([]);
    expect(faultsIn({ ...content, text: "{medium} of {subject}", negativePrompt: "not {boats}" })).toEqual([]);
  });

  test("is refused with the place of each fault", () => {
    const at = (change: Partial<Content>) => faultsIn({ ...content, ...change }).map(({ pointer }) => pointer);
    expect(at({ text: "{medium} of {subject}, {boats} {gulls}" })).toEqual(["#/text"]);
    expect(at({ text: "{medium} of {subject}, {boats} boats }" })).toEqual(["#/text"]);
    expect(at({ text: "{medium} of {subject}, {boats} {red|blue} boats" })).toEqual(["#/text"]);
    expect(at({ negativePrompt: "{Some thing}" })).toEqual(["#/negativePrompt"]);
    expect(at({ text: "{medium} of {subject}" })).toEqual(["#/variables/2/name"]);
    expect(at({ variables: [medium, subject, boats, medium] })).toEqual(["#/variables/3/name"]);
    expect(at({ variables: [{ ...medium, default: "chalk" }, subject, { ...boats, example: 12 }] })).toEqual([
      "#/variables/0/default",
      "#/variables/2/example",
    ]);
    expect(at({ variables: [medium, subject, { ...boats, minimum: 10 }] })).toEqual(["#/variables/2/minimum", "#/variables/2/default"]);
  });
});
