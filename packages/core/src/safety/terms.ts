/**
 * Words by what they are about: short lists, and nothing graphic. A text is folded first (fold.ts), so they stand here in lower case and without accents on
 * Latin letters, but for ñ, which is a letter of its own. `*` stands for any ending. Words of scripts without blanks are looked for anywhere.
 * Words that mean something harmless as often are left out: what is missed here may be seen by a model or a reviewer, what is refused wrongly is not.
 */
const lists = {
  /** People under age. Words that mean adults as often (girl, boy) are not among them. */
  minor: `
    child, children, childlike, kid, kids, toddler*, infant*, baby, babies, newborn*, preteen*, tween, tweens, teen, teens, teenage*, adolescent*, underage*,
    minors, juvenile*, schoolgirl*, schoolboy*, schoolchild*, kindergart*, preschool*, little girl, little girls, little boy, little boys, young girl,
    young girls, young boy, young boys, small girl, small boy, grade school, high school, middle school, junior high, kinder, kindes, kleinkind*, madchen,
    maedchen, schulmadchen, schulerin*, minderjahrig*, jugendlich*, niña, niñas, niño, niños, colegial*, adolescente*, menor de edad, menores de edad, enfant*,
    fillette*, garconnet*, gamine*, ecoliere*, collegienne*, lyceenne*, mineure, mineures, petite fille, petites filles, jeune fille, jeunes filles, schooler*, highschooler*, preschooler*, bambina, bambine, bambino, bambini,
    minorenn*, ragazzin*, crianca*, menina, meninas, menino, meninos, ребенок, дети, детей, девочк*, мальчик*, школьни*, подрост*, малолет*,
    несовершеннолет*, 子供, 子ども, 少女, 幼女, 女児, 男児, 小学生, 中学生, 高校生, 儿童, 兒童, 小孩, 幼童, 女童, 男童, 小女孩, 小男孩, 未成年, 어린이, 아동, 소녀, 미성년`,
  /** In what shall not be seen: whoever wants no clothes wants a body. Those that keep a picture decent (lingerie, swimsuit) are not among them. */
  clothes: `
    clothes, clothing, clothed, garment*, apparel, dressed, fully dressed, outfit, outfits, kleidung, kleider, bekleidet, ropa, vestida, vestido, vetement*,
    habille*, vestiti, vestita, roupa, roupas, одежда, одежды, одетая, 服, 衣服, 着衣, 옷`,
  /** In what shall not be seen: whoever wants nobody of age wants somebody who is not. */
  adults: `
    adult, adults, adulthood, grown up, grown ups, grownup*, mature woman, mature women, mature man, mature men, erwachsen*, adulte*, adulto*, adulta*, adulti,
    взросл*, 大人, 成人, 어른, 성인`,
  /** Words that have no innocent use in a picture's description. */
  forbidden: `
    loli, lolis, lolicon, shota, shotas, shotacon, jailbait, jail bait, rorikon, ロリ, ショタ, 萝莉, 蘿莉, 正太, nudif*, undress her, undress him, undress this,
    remove her clothes, remove his clothes, take her clothes off, take his clothes off, deepnude*, deep nude, deep nudes`,
  /** Bare bodies and sex. */
  sexual: `
    nude, nudes, nudity, nudist*, naked, nakedness, unclothed, undressed, disrobed, topless, bottomless, nsfw, xxx, porn, porno*, pornstar*, hentai, erotic*,
    sex, sexual*, sexting, orgy, orgies, fetish*, bdsm, striptease*, stripper*, genital*, masturbat*, in the nude, without clothes, no clothes, wearing nothing,
    birthday suit, rule34, onlyfans, nackt, nackte, nackter, nacktes, nackten, aktfoto*, aktbild*, aktmodell*, erotisch*, entblosst*, desnud*, sin ropa,
    toute nue, denude*, erotique*, sans vetements, deshabille*, nuda, spogliat*, senza vestiti, pelado, sem roupa, голая, голый, голые, голую, обнаженн*,
    эротик*, эротич*, порно*, секс*, 裸, ヌード, エロ, ポルノ, 色情, 情色, 性交, 나체, 누드, 포르노`,
  /** Skin and flirt. */
  suggestive: `
    sexy, sensual*, seductive*, seduct*, sultry look, sultry gaze, sultry pose, provocative pose, lingerie, bikini*, thong, thongs, underwear, panties, cleavage,
    pinup*, pin up, boudoir, see through dress, see through shirt, see through blouse, see through top, scantily clad, barely dressed, flirtatious*, shirtless,
    unterwasche, reizwasche, verfuhrerisch*, sinnlich*, lenceria, seductor*, braguita*, ropa interior, seduisante*, sensuelle*, sous vetements, petite tenue,
    seducente*, seduttric*, biancheria intima, calcinha*, белье, соблазнительн*, купальник*, 下着, ビキニ, セクシー, 内衣, 比基尼, 性感, 비키니, 속옷, 섹시`,
  /** Cruelty that is shown. */
  violence: `
    gore, gory, dismember*, disembowel*, decapit*, behead*, mutilat*, eviscerat*, severed head, severed heads, severed limb, severed limbs, snuff film, torture*,
    torturing, zerstuckel*, enthaupt*, folterung, gefoltert*, mutilad*, descuartiz*, demembr*, eventr*, smembrat*, расчлен*, обезглавл*, グロ, 血腥, 斩首, 고어`,
  /** People who are known, or somebody's likeness. */
  likeness: `
    celebrity, celebrities, famous, actress*, movie star, movie stars, pop star, pop stars, popstar*, real person, real people, deepfake*, deep fake, lookalike*,
    look alike, looks like, looking like, face of, likeness of, president, prime minister, politician*, influencer*, my ex, my neighbour, my neighbor,
    my colleague, my boss, my teacher, my classmate, faceswap, face swap, promi, prominente*, beruhmt*, famosa, famoso, famosas, famosos, celebre, celebres,
    vedette*, celebrita, знаменит*, 芸能人, 有名人, 明星, 名人, 연예인`,
  /** Where a word of the other lists means something harmless: taken out before they are looked for. */
  harmless: `
    naked eye, naked oats, naked cake, naked cakes, naked flame, naked mole rat, naked mole rats, nude lipstick, nude lipsticks, nude heels, nude shoes,
    nude nail polish, nude nails, nude palette, nude tone, nude tones, nude colour, nude color, nude colours, nude colors, nude makeup, nude shade, nude shades,
    baby blue, baby pink, babys breath, baby s breath, baby grand, baby carrot, baby carrots, baby spinach, sex pistols, same sex, opposite sex, goat kid,
    goat kids, kid gloves, kid leather, bikini atoll, torture test, gore tex, gore range, underwear store, bottomless pit, bottomless lake, bottomless coffee,
    strawberry nude`,
} as const;

export type Concept = keyof typeof lists;

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The words of a list as they stand there. */
export const termsOf = (concept: Concept): string[] => lists[concept].split(",").map((term) => term.trim());

/** Made when first asked for: every process loads this file, and few read a text in their first moment. */
const expressions = new Map<Concept, RegExp>();

/** The words of a list in a reading of a text: words with one blank before and behind each. */
export function expressionOf(concept: Concept): RegExp {
  const known = expressions.get(concept);
  if (known) return known;
  const terms = termsOf(concept);
  const spaced = terms.filter((term) => !unspaced.test(term));
  const whole = spaced.filter((term) => !term.endsWith("*"));
  const stems = spaced.filter((term) => term.endsWith("*")).map((term) => term.slice(0, -1));
  // The class of all letters stands there once: each time it takes longer to make than a hundred words.
  const words = [...whole, ...(stems.length > 0 ? [`(?:${stems.join("|")})[\\p{L}\\p{M}]*`] : [])];
  const made = new RegExp([...terms.filter((term) => unspaced.test(term)), ` (?:${words.join("|")})(?= )`].join("|"), "gu");
  expressions.set(concept, made);
  return made;
}

let anyLongWord: RegExp | undefined;
function longWords(): RegExp {
  const words = (Object.keys(lists) as Concept[])
    .flatMap((concept) => termsOf(concept).map((term) => term.replace("*", "")))
    .filter((term) => /^\p{L}{4,}$/u.test(term) && !unspaced.test(term));
  return new RegExp([...new Set(words)].toSorted((a, b) => b.length - a.length).join("|"), "gu");
}

/** Blanks around each word of the lists that stands in a row of letters. Short ones stand in too many others. */
export function wordsApart(letters: string): string {
  anyLongWord ??= longWords();
  return letters.replace(anyLongWord, " $& ");
}

const numbers = `
  one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen sechs sieben acht neun zehn elf zwolf dreizehn
  vierzehn funfzehn sechzehn siebzehn sept huit neuf dix onze douze treize quatorze quinze seize seis siete ocho nueve diez once doce trece catorce quince
  dieciseis diecisiete sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette sete oito dez doze treze dezesseis dezessete`
  .trim()
  .split(/\s+/);
const number = `(\\d{1,2}|dix sept|${[...new Set(numbers)].join("|")})`;
const unit = "years? old|year olds?|yrs? old|y ?o|jahrig\\w*|jahre?(?: alt)?|ans|años|anos|anni|лет";
const young =
  "girls?|boys?|child|kid|lass|lad|student|daughter|son|sister|brother|mädchen|madchen|junge|fille|garcon|chica|chico|ragazza|ragazzo|garota|garoto";

/** Ages as they are told: “16 years old”, “aged twelve”, “13yo”, “a girl of 15”, “15-jährig”, “de quinze ans”, “15 años”, “15歳”. */
const told = new RegExp(
  `(?<= )${number} ?(?:(?:${unit})(?= )|歳|岁|歲|살)|(?<= )(?:age|aged|age of|turning|${young})(?: of| is| was)? ${number}(?= )`,
  "gu",
);

/** “A little girl”, with up to two words between. */
const small = / (?:little|young|small|tiny) (?:[\p{L}\p{M}]+ ){0,2}(?:girls?|boys?)(?= )/u;

/** Whether somebody is told of who is under 18, by their age or their size. */
export const tellsOfMinor = (reading: string): boolean =>
  small.test(reading) ||
  [...reading.matchAll(told)].some(([, before, behind]) => {
    const age = before ?? behind ?? "";
    return /^\d/.test(age) ? Number(age) < 18 : true;
  });
