import { readingsOf } from "./fold.ts";
import { type Rating, strictest } from "./rating.ts";
import { type Concept, expressionOf, tellsOfMinor, wordsApart } from "./terms.ts";

/** Which edition of the rules has spoken: kept with each decision. */
export const rulesVersion = "2026-11";

/** Why a text is refused whatever the settings, or rated as it is. The words themselves are kept nowhere. */
export const rules = ["sexual-minor", "sexual-likeness", "forbidden-word", "sexual", "suggestive", "violence"] as const;
export type Rule = (typeof rules)[number];

/** What the rules say of a text: for whom it is, whether it is refused whatever the settings, and which rules spoke. */
export type Screening = { rating: Rating; forbidden: boolean; rules: Rule[] };

/** What is asked for: in words, and in words for what shall not be seen. */
export type Asked = { words: readonly (string | undefined)[]; negative?: string | undefined };

/**
 * Reads what a picture is asked to show, or what is written under it. Of each way in which a text can be meant, the strictest counts. Ages, and people, count
 * only beside words about bodies: a child at the beach is for everybody. What shall not be seen says something, too: without clothes, without adults.
 */
export function screen({ words, negative = "" }: Asked): Screening {
  const given = words.filter((text) => text !== undefined).join(" . ");
  const without = negative.split(/[,;.\n|]/).flatMap((item) => readingsOf(item, wordsApart));
  // “Clothes”, but not “revealing clothes”: what is left of an item without the word says which are meant.
  const unwanted = (concept: Concept) =>
    without.some((item) => idle.test(item.replace(expressionOf(concept), "")) && item.search(expressionOf(concept)) >= 0);
  const bare = unwanted("clothes");
  const young = unwanted("adults");
  const spoken = new Set(readingsOf(given, wordsApart).flatMap((reading) => rulesIn(reading, given, { bare, young })));
  const rating = strictest(...[...spoken].map(ratingOf));
  return { rating, forbidden: [...spoken].some(isForbidden), rules: rules.filter((rule) => spoken.has(rule)) };
}

/** Words that change nothing about the one beside them. */
const idle = /^(?: (?:any|all|her|his|their|the|a|wearing|with|fully|of|kind|and|or))* ?$/;

const isForbidden = (rule: Rule): boolean => rule === "sexual-minor" || rule === "sexual-likeness" || rule === "forbidden-word";
const ratingOf = (rule: Rule): Rating => (rule === "suggestive" ? "suggestive" : "mature");

function rulesIn(reading: string, given: string, { bare, young }: { bare: boolean; young: boolean }): Rule[] {
  const left = reading.replace(expressionOf("harmless"), "");
  const tells = (concept: Concept) => left.search(expressionOf(concept)) >= 0;
  const [sexual, suggestive] = [bare || tells("sexual"), tells("suggestive")];
  const found: Record<Rule, boolean> = {
    "sexual-minor": (sexual || suggestive) && (young || tells("minor") || tellsOfMinor(left)),
    "sexual-likeness": sexual && (tells("likeness") || namesSomebody(given)),
    "forbidden-word": tells("forbidden"),
    sexual,
    suggestive,
    violence: tells("violence"),
  };
  return rules.filter((rule) => found[rule]);
}

/** As names are written: Emma, Anne-Marie, McAdams, J. */
const name = "(?:\\p{Lu}\\p{Ll}+(?:\\p{Lu}\\p{Ll}+)?(?:-\\p{Lu}\\p{Ll}+)*|\\p{Lu}\\.)";
/** A first and a last name that are not those of whoever's manner is meant; or two words in capitals, in a text that is not. */
const fullName = new RegExp(
  `(?<!\\b(?:by|after|style of|manner of|inspired by)\\s+)(?<![\\p{L}\\p{N}-])${name}\\s+(?:${name}\\s+)*\\p{Lu}\\p{Ll}+`,
  "u",
);
const inCapitals = /(?<!\p{L})\p{Lu}{4,}\s+\p{Lu}{4,}(?!\p{L})/u;

function namesSomebody(text: string): boolean {
  const telling = text.match(/[\p{L}]{4,}/gu) ?? [];
  const capital = telling.filter((word) => /^\p{Lu}/u.test(word)).length;
  // All words that matter begin with a capital: that is how titles are written.
  if (telling.length > 0 && capital === telling.length) return false;
  return fullName.test(text) || (/\p{Ll}{3}/u.test(text) && inCapitals.test(text));
}
