import type { Rgb } from "./color.ts";
import { adjust, toLab } from "./color.ts";
import { colorAnchors, derivedPalette } from "./derived-palette.ts";
import { cos, sin, turn } from "./exact-math.ts";
import type { Palette } from "./palettes.ts";
import { palettes } from "./palettes.ts";
import { hashOf, Random } from "./random.ts";
import type { SketchRequest, SketchStyle } from "./request.ts";
import { sketchStyles } from "./request.ts";
import type { ColorWord, Cue } from "./vocabulary.ts";
import { colorWords, cueWords, denials, fillers } from "./vocabulary.ts";

/** What a prompt asks for, as far as the vocabulary knows. */
export type Reading = { composition: SketchStyle; palette: Palette; cues: ReadonlySet<Cue>; hash: number };

/** What words call for which composition, the strongest first. */
const callers: Record<SketchStyle, readonly Cue[]> = {
  landscape: [
    "landscape",
    "mountain",
    "desert",
    "forest",
    "field",
    "island",
    "water",
    "sun",
    "moon",
    "fog",
    "snow",
    "autumn",
    "winter",
    "dusk",
    "dawn",
    "ice",
    "cloud",
    "boat",
    "sea",
  ],
  ridges: ["topographic", "line", "paper", "stone", "wood", "music", "mountain", "minimal", "cold", "fog"],
  flow: ["wind", "fire", "dream", "wild", "portrait", "abstract", "melancholy", "fabric", "glass", "music", "cloud", "luxury"],
  circles: ["circle", "space", "portrait", "joyful", "abstract", "music", "star", "moon", "pastel", "glass", "mono"],
  tiling: ["geometric", "ceramic", "metal", "retro", "fabric", "glass", "abstract", "luxury", "stone", "mono"],
  waves: ["wave", "sea", "japanese", "water", "storm", "boat", "calm"],
  skyline: ["city", "neon", "village", "night", "rain"],
  botanical: ["flower", "leaf", "garden", "spring", "vintage", "summer", "joyful"],
};

/** Lower case, without accents, letters and digits only. */
const wordsOf = (text: string): string[] =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

/** The word and its likely singular forms. */
const formsOf = (word: string): string[] => [word, word.replace(/s$/, ""), word.replace(/(?:es|x|e)$/, ""), word.replace(/ies$/, "y")];

const meanings = <Key>(table: ReadonlyMap<string, readonly Key[]>, word: string): readonly Key[] => {
  for (const form of formsOf(word)) {
    const found = table.get(form);
    if (found !== undefined) return found;
  }
  return [];
};

type Said = { cues: Set<Cue>; colors: Set<ColorWord> };

/** Sorts the words into what is asked for and what is denied ("no rain", "sans nuages"). */
function listen(words: readonly string[]): { asked: Said; denied: Said } {
  const asked: Said = { cues: new Set(), colors: new Set() };
  const denied: Said = { cues: new Set(), colors: new Set() };
  let denying = false;
  for (const word of words) {
    if (fillers.has(word)) continue;
    if (denials.has(word)) {
      denying = true;
      continue;
    }
    const said = denying ? denied : asked;
    for (const cue of meanings(cueWords, word)) said.cues.add(cue);
    for (const color of meanings(colorWords, word)) said.colors.add(color);
    denying = false;
  }
  return { asked, denied };
}

/** Reads a request. The same prompt gives the same composition and family of palettes, whatever the seed. */
export function read({ prompt, negativePrompt = "", style, seed }: SketchRequest): Reading {
  const words = wordsOf(prompt);
  const { asked, denied } = listen(words);
  const negative = listen(wordsOf(negativePrompt)).asked;
  const refusedCues = new Set([...denied.cues, ...negative.cues]);
  const refusedColors = new Set([...denied.colors, ...negative.colors]);
  const cues = new Set([...asked.cues].filter((cue) => !refusedCues.has(cue)));
  const colors = [...asked.colors].filter((color) => !refusedColors.has(color));
  const hash = hashOf(words.join(" "));
  const choice = new Random(hash, 11);
  const composition = style ?? chooseComposition(cues, refusedCues, wordsOf(negativePrompt), choice);
  const palette = choosePalette(cues, colors, refusedCues, refusedColors, new Random(hash, 12));
  return { composition, palette: sibling(palette, new Random(hash, seed, 13)), cues, hash };
}

/** Cues of light, season and weather, which fit most subjects and so say little of which is meant. */
const moods = new Set<Cue>(
  "dawn day dusk night spring summer autumn winter rain snow fog warm cold calm joyful minimal".split(" ") as Cue[],
);

function chooseComposition(cues: ReadonlySet<Cue>, refused: ReadonlySet<Cue>, negative: readonly string[], random: Random): SketchStyle {
  const scored = sketchStyles.map((name) => {
    let score = random.next() * 0.9;
    for (const [rank, cue] of callers[name].entries()) if (cues.has(cue)) score += (moods.has(cue) ? 1 : 3) / (1 + rank * 0.22);
    const unwanted =
      callers[name].slice(0, 2).some((cue) => refused.has(cue)) || negative.some((word) => formsOf(word).includes(name) || word === name);
    return { name, score: unwanted ? -1 : score };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).name;
}

/** Cues without which a picture is seldom meant to be dark. */
const darkening: readonly Cue[] = ["night", "dusk", "neon", "space", "fire", "dream", "wild", "music", "storm"];

function choosePalette(
  cues: ReadonlySet<Cue>,
  colors: readonly ColorWord[],
  refusedCues: ReadonlySet<Cue>,
  refusedColors: ReadonlySet<ColorWord>,
  random: Random,
): Palette {
  if (colors.length > 0) return derivedPalette(colors, cues, random);
  const allowed = palettes.filter(
    (palette) => !palette.cues.some((cue) => refusedCues.has(cue)) && [...refusedColors].every((color) => share(palette, color) <= 0.3),
  );
  const scored = (allowed.length > 0 ? allowed : palettes).map((palette) => {
    const hits = palette.cues.filter((cue) => cues.has(cue)).reduce((sum, cue) => sum + (times.has(cue) ? 2.6 : 1), 0);
    const wrongLight = palette.dark ? cues.has("day") || cues.has("dawn") : cues.has("night");
    const needlesslyDark = palette.dark && !darkening.some((cue) => cues.has(cue));
    return { palette, score: hits - (wrongLight ? 4 : 0) - (needlesslyDark ? 1.2 : 0) + random.next() * 0.95 };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).palette;
}

/** Cues that decide a picture's light, and so weigh more than others. */
const times = new Set<Cue>(["dawn", "dusk", "night", "autumn", "winter", "neon", "fire", "snow", "storm", "japanese", "mono", "pastel"]);

/** How much of a palette is of a colour, from 0 to 1. */
function share(palette: Palette, color: ColorWord): number {
  const { lightness, chroma, hue } = colorAnchors[color];
  const [ca, sa] = [cos((hue / 360) * turn), sin((hue / 360) * turn)];
  const roles: readonly Rgb[] = [palette.paper, ...palette.sky, palette.far, palette.near, ...palette.accents];
  const alike = roles.filter((role) => {
    const [l, a, b] = toLab(role);
    const strength = Math.sqrt(a * a + b * b);
    if (chroma < 0.03) return strength < 0.035 && Math.abs(l - lightness) < 0.25;
    return strength > 0.035 && (a * ca + b * sa) / strength > 0.86;
  });
  return alike.length / roles.length;
}

/** A seed's own cast of its prompt's palette: hue and chroma differ a little, as prints of one series do. */
function sibling(palette: Palette, random: Random): Palette {
  const hue = random.between(-7, 7);
  const chroma = random.between(0.95, 1.1);
  const cast = (color: Rgb): Rgb => adjust(color, 0, chroma, hue);
  const [top, middle, low] = palette.sky;
  return {
    ...palette,
    paper: cast(palette.paper),
    ink: cast(palette.ink),
    sky: [cast(top), cast(middle), cast(low)],
    far: cast(palette.far),
    near: cast(palette.near),
    light: cast(palette.light),
    accents: palette.accents.map(cast),
  };
}
