/** Letters of other alphabets that are drawn like Latin ones. @see https://www.unicode.org/reports/tr39/ (the few of its table that words are faked with) */
const lookalikes: Record<string, string> = Object.fromEntries(
  [
    ["a", "аαɑ"],
    ["b", "ьв"],
    ["c", "сϲ"],
    ["d", "ԁ"],
    ["e", "еεё"],
    ["g", "ɡ"],
    ["h", "һн"],
    ["i", "іιı"],
    ["j", "ј"],
    ["k", "кκ"],
    ["m", "м"],
    ["n", "ո"],
    ["o", "оοσ"],
    ["p", "рρ"],
    ["s", "ѕ"],
    ["t", "тτ"],
    ["u", "υս"],
    ["v", "ѵν"],
    ["w", "ԝω"],
    ["x", "хχ"],
    ["y", "уγ"],
  ].flatMap(([latin = "", others = ""]) => [...others].map((other) => [other, latin])),
);

/** Digits and signs that stand for letters inside a word. */
const signs: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
  "€": "e",
  "|": "l",
};

const latin = /\p{Script=Latin}/u;
const other = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}ɑɡı]/u;
const letter = /\p{L}/u;

/** A word of two alphabets is a disguise; one of a single alphabet is a word of its language. */
const inLatin = (word: string): string =>
  latin.test(word) && other.test(word) ? [...word].map((char) => lookalikes[char] ?? char).join("") : word;

/** `s3xy`, but not `4k`: a sign can stand for a letter where there are two letters. */
const withoutSigns = (word: string): string =>
  [...word].filter((char) => letter.test(char)).length >= 2 ? [...word].map((char) => signs[char] ?? char).join("") : word;

/** Three of the same letters in a row are one that was drawn out. */
const drawnOut = /(\p{L})\1{2,}/u;
const allDrawnOut = new RegExp(drawnOut, "gu");

/** What is not seen: characters that join, separate, or turn the direction. */
const unseen = /\p{Default_Ignorable_Code_Point}/gu;
/** Accents; that of ñ makes another letter. */
const marks = /(?<=\p{Script=Latin})(?!(?<=n)\u0303)\p{M}+|(?<=[еЕ])\u0308/gu;

/** Letters that stand alone, at least three, with the same blank or dot between all of them: words that were pulled apart. */
const pulledApart = /(?<![\p{L}\p{N}])\p{L}([\s.\-_*·,;:/\\|~+]{1,2})[\p{L}\d@$!](?:\1[\p{L}\d@$!])+(?![\p{L}\p{N}])/gu;
const between = /[^\p{L}\p{N}@$!]/gu;

/**
 * The ways in which a text may be meant to be read, each as its words in lower case without accents, with a blank before and behind each: as it stands, with
 * signs as the letters that they look like, with marks inside of words taken out, and with drawn-out letters once or twice. Tricks of spelling end here, so
 * that lists of words can stay short. Of several words that were pulled apart nobody can tell where one begins: `apart` puts blanks into them.
 */
export function readingsOf(text: string, apart: (letters: string) => string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(unseen, "")
    .replace(marks, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(pulledApart, (letters) => ` ${apart(letters.replace(between, ""))} `);
  const withoutMarks = plain.replace(/(?<=\p{L})[^\p{L}\p{M}\p{N}\s]+(?=\p{L})/gu, "");
  const meant = (word: string) => withoutSigns(inLatin(word));
  const readings = [wordsOf(plain), wordsOf(plain, meant), wordsOf(withoutMarks, meant)];
  const shortened = readings
    .filter((words) => drawnOut.test(words))
    .flatMap((words) => ["$1", "$1$1"].map((kept) => words.replace(allDrawnOut, kept)));
  return [...new Set([...readings, ...shortened])];
}

/** With a blank before and behind each; `meant` sees the signs in a word, too. */
function wordsOf(text: string, meant = (word: string): string => word): string {
  const words = text.split(/[^\p{L}\p{M}\p{N}@$!€|]+/u).map((word) => meant(word).replace(/[^\p{L}\p{M}\p{N}]/gu, ""));
  return ` ${words.filter((word) => word !== "").join(" ")} `;
}
