import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { readingsOf } from "./fold.ts";
import { type Labelled, labelled, unlisted, type Verdict } from "./prompts.fixture.ts";
import { rules, screen } from "./screen.ts";
import { wordsApart } from "./terms.ts";

const verdictOf = (text: string): Verdict => {
  const { forbidden, rating } = screen({ words: [text] });
  return forbidden ? "forbidden" : rating;
};
const order: Verdict[] = ["general", "suggestive", "mature", "forbidden"];
const atLeast = (verdict: Verdict, least: Verdict) => order.indexOf(verdict) >= order.indexOf(least);

/** Of those at or above `least`: how many were seen, how many missed, and how many milder ones were taken for one. */
function counts(set: readonly Labelled[], least: Verdict) {
  const judged = set.map(({ text, verdict }) => ({ text, is: atLeast(verdict, least), said: atLeast(verdictOf(text), least) }));
  return {
    seen: judged.filter(({ is, said }) => is && said).length,
    missed: judged.filter(({ is, said }) => is && !said).map(({ text }) => text),
    wrongly: judged.filter(({ is, said }) => !is && said).map(({ text }) => text),
  };
}

describe("the rules", () => {
  test("are tried with more than 200 texts of every verdict", () => {
    const of = (verdict: Verdict) => labelled.filter((one) => one.verdict === verdict).length;
    expect(new Set(labelled.map(({ text }) => text)).size).toBeGreaterThan(200);
    for (const [verdict, least] of [
      ["general", 100],
      ["suggestive", 15],
      ["mature", 40],
      ["forbidden", 100],
    ] as const)
      expect(of(verdict)).toBeGreaterThanOrEqual(least);
  });

  test("let nothing through that is refused whatever the settings, and refuse nothing else", () => {
    expect(counts(labelled, "forbidden")).toMatchObject({ missed: [], wrongly: [] });
  });

  /** What stands for a bare branch in German stands for a bare body more often. */
  const known = ["ein nackter Ast im Winter"];

  test("rate what is for adults so, and nothing else but what is known", () => {
    expect(counts(labelled, "mature")).toMatchObject({ missed: [], wrongly: known });
  });

  test("rate skin and flirt as suggestive, and nothing else but what is known", () => {
    expect(counts(labelled, "suggestive")).toMatchObject({ missed: [], wrongly: known });
  });

  test("do not reach beyond their lists: that is told, not hidden", () => {
    const { seen, missed } = counts(unlisted, "mature");
    // The guide states it. Whoever adds a word takes it out of this set.
    expect({ seen, missed: missed.length }).toEqual({ seen: 0, missed: 14 });
  });
});

describe("a text", () => {
  test("of the greatest length is judged to its last word", () => {
    expect(screen({ words: [`${"a quiet harbour, ".repeat(580)} naked`] })).toMatchObject({ rating: "mature" });
  });

  test("is judged the same with anything harmless around it", () => {
    const around = constantFrom("a quiet harbour", "boats, ", "4k", "«", "\n", "…");
    assert(
      property(around, around, (before, after) => {
        expect(screen({ words: [`${before} lingerie ${after}`] })).toMatchObject({ rating: "suggestive", forbidden: false });
      }),
    );
  });

  test("is read without a failure, whatever it is", () => {
    assert(
      property(
        string({ unit: "binary" }),
        (text) =>
          screen({ words: [text] }).rules.every((rule) => rules.includes(rule)) &&
          readingsOf(text, wordsApart).every((words) => words.startsWith(" ")),
      ),
    );
  });

  test("is not judged by words that stand in another one", () => {
    assert(
      property(array(constantFrom(..."abcdefghijklm"), { minLength: 1, maxLength: 4 }), (letters) => {
        const ending = letters.join("");
        expect(screen({ words: [`qq${ending}nude${ending}qq`] }).rules).toEqual([]);
      }),
    );
  });

  test("says what is wanted by what shall not be seen, too", () => {
    const wanted = (prompt: string, negative: string) => screen({ words: [prompt], negative });
    expect(wanted("a woman at the beach", "clothes, text, watermark")).toMatchObject({ rating: "mature", forbidden: false });
    expect(wanted("sexy dancer", "adults, blurry")).toMatchObject({ forbidden: true });
    // What keeps a picture decent.
    expect(wanted("a woman at the beach", "nsfw, nude, lingerie, swimsuit, child")).toMatchObject({ rating: "general", rules: [] });
    expect(wanted("a market", "adults")).toMatchObject({ rating: "general" });
  });

  test("of several parts is judged as one, but no word is made over their border", () => {
    expect(screen({ words: ["a schoolgirl", undefined, "sexy"] })).toMatchObject({ forbidden: true });
    expect(screen({ words: ["a bowl of nu", "de luxe"] }).rules).toEqual([]);
  });
});
