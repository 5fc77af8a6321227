/** A tag that nobody has given; `confidence` from 0 to 1. Without `from` it is from the words that the image was made from, or its file's name. */
export type AutoTag = { tag: string; confidence: number; from?: "picture" };

export const mostAutoTags = 10;

/** Words that say nothing of what a picture shows, or only how it is to be made. */
const stop = new Set(
  (
    "a about above across after against all along also although am among an and another any are around as at be because been before behind being below beneath beside between beyond both but by can close could " +
    "did do does down during each either else every few for from had has have he her here hers him his how i if in inside into is it its itself just like less lots made make makes many me more most much my near next " +
    "no nor not of off on once one only onto or other our out outside over own per please quite rather same set several she show showing shows so some such than that the their them then there these they this those " +
    "through to together too toward towards two three under until up upon us use used using very via was we were what when where which while who whose why will with within without would you your " +
    "image picture photo photograph photography art artwork drawing painting render rendering illustration style styled quality detailed detail details highly ultra best masterpiece resolution hd uhd 4k 8k hdr " +
    "beautiful stunning amazing nice good great trending background foreground shot view scene realistic photorealistic cinematic png jpg jpeg webp img dsc copy final new untitled"
  ).split(" "),
);

/** What is commonly seen in pictures, and other words for it: of these one can be sure that they are meant as things. */
const known: ReadonlyMap<string, string> = new Map(
  [
    "harbour harbor port marina|boat boats ship ships sailboat|sea ocean waves|beach shore coast|mountain mountains hill hills peak|forest woods woodland trees tree|river stream|lake pond|waterfall|desert dunes|snow winter|sunset dusk|" +
      "sunrise dawn|night|sky clouds cloud|stars galaxy space|moon|rain|fog mist|flower flowers blossom|garden|field meadow|autumn fall|spring|summer|portrait face|woman girl lady|man boy gentleman|child children kid|people crowd|" +
      "cat kitten|dog puppy|fox|bird birds|horse|fish|lion|bear|butterfly|city town skyline|street road|building buildings|house cottage|bridge|castle|church cathedral|lighthouse|tower|interior room|architecture|car cars|train|bicycle bike|" +
      "food meal dish|bread|cake dessert|coffee|fruit|vegetables|product bottle|watch|shoes|fashion dress|abstract|geometric|pattern|watercolour watercolor|minimal minimalist|vintage retro|portrait",
  ]
    .join("")
    .split("|")
    .flatMap((group) => {
      const [tag = "", ...others] = group.split(" ");
      return [tag, ...others].map((word) => [word, tag] as const);
    }),
);

/** A letter of these scripts is a syllable or a word: 바다 is the sea. */
const leastLetters = (word: string): number =>
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word) ? 2 : 3;

/**
 * Tags from the words that an image was made from, or from its file's name. Known things are surest; of other words those that come first, as people begin with
 * what matters. The same words always give the same tags.
 */
export function autoTagsOf(words: string): AutoTag[] {
  const found = new Map<string, number>();
  for (const [place, word] of tellingWordsOf(words.replace(/\.[A-Za-z]{3,4}$/, "")).entries()) {
    const thing = known.get(word);
    const confidence = thing === undefined ? 0.6 - Math.min(0.3, place * 0.03) : 0.95 - Math.min(0.2, place * 0.01);
    const tag = thing ?? word;
    // Twice is surer than once.
    found.set(tag, Math.min(0.99, Math.max(found.get(tag) ?? 0, confidence) + (found.has(tag) ? 0.03 : 0)));
  }
  return surest([...found].map(([tag, confidence]) => ({ tag, confidence: hundredths(confidence) })));
}

/** What tells something, as tags are spelled: letters alone, small, and no more of them than anybody reads. */
const tellingWordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= leastLetters(word) && word.length <= 24 && !stop.has(word) && !/\p{N}/u.test(word))
    .slice(0, 100);

const hundredths = (confidence: number): number => Math.round(confidence * 100) / 100;

const surest = (tags: readonly AutoTag[]): AutoTag[] =>
  tags.toSorted((a, b) => b.confidence - a.confidence || (a.tag < b.tag ? -1 : 1)).slice(0, mostAutoTags);

/** Tags that a model may say of one picture: fewer than an image has, so that those from words are never all pushed out. */
export const mostSeenTags = 8;
/** Whoever is less sure than this guesses. */
const leastSure = 0.3;
/** Of those that tell something, and of all that it takes to say them: “a photo of boats”. */
const mostWordsOfTag = { telling: 3, said: 4 } as const;
/** As long as those that people give. */
const mostLettersOfTag = 40;

/** What a model says that it sees, as it says it. */
export type SaidTag = { tag: string; confidence: number };

/** From 0 to 1. What is more than twice as sure as can be was told in percent; a little above 1 is 1. */
const sureness = (confidence: number): number => Math.min(1, confidence > 2 ? confidence / 100 : confidence);

/**
 * Tags of what a model says that it sees, spelled like those from words: the surest, where it says more than there may be. A model repeats what is written in a
 * picture, and says what it likes: whatever is no short name of a thing, such as a sentence, a number or a sign, is no tag.
 */
export function seenTagsOf(said: readonly SaidTag[]): AutoTag[] {
  const found = new Map<string, AutoTag>();
  for (const { tag: words, confidence: told } of said) {
    const confidence = sureness(told);
    const short = words.slice(0, 100);
    const telling = tellingWordsOf(short);
    const tag = telling.map((word) => (telling.length === 1 ? (known.get(word) ?? word) : word)).join(" ");
    const isName = telling.length > 0 && telling.length <= mostWordsOfTag.telling && tag.length <= mostLettersOfTag;
    if (!isName || short.trim().split(/\s+/).length > mostWordsOfTag.said || !(confidence >= leastSure)) continue;
    const sure = Math.max(hundredths(confidence), found.get(tag)?.confidence ?? 0);
    found.set(tag, { tag, confidence: sure, from: "picture" });
  }
  return surest([...found.values()]).slice(0, mostSeenTags);
}

/** The surest of both. What both say is as sure as the surer one, and counts as seen. */
export function mergedTags(fromWords: readonly AutoTag[], seen: readonly AutoTag[]): AutoTag[] {
  const merged = new Map(fromWords.map((one) => [one.tag, one]));
  for (const one of seen) merged.set(one.tag, { ...one, confidence: Math.max(one.confidence, merged.get(one.tag)?.confidence ?? 0) });
  return surest([...merged.values()]);
}
