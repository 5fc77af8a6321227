import { readingsOf } from "./fold.ts";
import { type Rating, strictest } from "./rating.ts";
import { type Concept, expressions, tellsMinorAge, wordsApart } from "./terms.ts";

/** Which edition of the rules has spoken: kept with each decision. */
export const rulesVersion = "2026-11";

/** Why a text is refused whatever the settings, or rated as it is. The words themselves are kept nowhere. */
export const rules = ["sexual-minor", "sexual-likeness", "forbidden-word", "sexual", "suggestive", "violence"] as const;
export type Rule = (typeof rules)[number];

/** What the rules say of a text: for whom it is, whether it is refused whatever the settings, and which rules spoke. */
export type Screening = { rating: Rating; forbidden: boolean; rules: Rule[] };

/**
 * Reads what a picture is asked to show, or what is written under it. Of each way in which a text can be meant, the strictest counts. Ages, and people, count
 * only beside words about bodies: a child at the beach is for everybody.
 */
export function screen(...texts: readonly (string | undefined)[]): Screening {
  const given = texts.filter((text) => text !== undefined).join(" . ");
  const spoken = new Set(readingsOf(given, wordsApart).flatMap((reading) => rulesIn(reading, given)));
  const rating = strictest(...[...spoken].map(ratingOf));
  return { rating, forbidden: [...spoken].some(isForbidden), rules: rules.filter((rule) => spoken.has(rule)) };
}

const isForbidden = (rule: Rule): boolean => rule === "sexual-minor" || rule === "sexual-likeness" || rule === "forbidden-word";
const ratingOf = (rule: Rule): Rating => (rule === "suggestive" ? "suggestive" : "mature");

function rulesIn(reading: string, given: string): Rule[] {
  const left = reading.replace(expressions.harmless, "");
  const tells = (concept: Concept) => left.search(expressions[concept]) >= 0;
  const [sexual, suggestive] = [tells("sexual"), tells("suggestive")];
  const found: Record<Rule, boolean> = {
    "sexual-minor": (sexual || suggestive) && (tells("minor") || tellsMinorAge(left)),
    "sexual-likeness": sexual && (tells("likeness") || namesSomebody(given)),
    "forbidden-word": tells("forbidden"),
    sexual,
    suggestive,
    violence: tells("violence"),
  };
  return rules.filter((rule) => found[rule]);
}

/** A first and a last name that are not those of whoever's manner is meant, in a text that is not all in capitals. */
const fullName = /(?<![.!?:\n]\s*|^\s*|\b(?:by|after|style of|manner of|inspired by)\s+)\b\p{Lu}\p{Ll}+\s+\p{Lu}\p{Ll}+/u;
const capitals = /\b\p{Lu}\p{Ll}+/gu;

function namesSomebody(text: string): boolean {
  const words = text.split(/\s+/).length;
  const isTitle = (text.match(capitals)?.length ?? 0) > words / 2;
  return !isTitle && fullName.test(text);
}
