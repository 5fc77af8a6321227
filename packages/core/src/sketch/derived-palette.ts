import { oklch } from "./color.ts";
import type { Palette } from "./palettes.ts";
import type { Random } from "./random.ts";
import type { ColorWord, Cue } from "./vocabulary.ts";

type Anchor = { lightness: number; chroma: number; hue: number };

/** Colour words in OKLCH; hue in degrees. */
export const colorAnchors: Record<ColorWord, Anchor> = {
  red: { lightness: 0.58, chroma: 0.2, hue: 27 },
  orange: { lightness: 0.71, chroma: 0.17, hue: 55 },
  yellow: { lightness: 0.84, chroma: 0.16, hue: 88 },
  green: { lightness: 0.6, chroma: 0.13, hue: 150 },
  teal: { lightness: 0.65, chroma: 0.11, hue: 195 },
  blue: { lightness: 0.53, chroma: 0.15, hue: 255 },
  violet: { lightness: 0.52, chroma: 0.17, hue: 300 },
  pink: { lightness: 0.7, chroma: 0.17, hue: 0 },
  brown: { lightness: 0.47, chroma: 0.08, hue: 55 },
  grey: { lightness: 0.6, chroma: 0.012, hue: 250 },
  black: { lightness: 0.28, chroma: 0.012, hue: 270 },
  white: { lightness: 0.93, chroma: 0.012, hue: 90 },
};

/** A palette built around the colours that a prompt names: the first rules, the others, or a harmony of it, accompany. */
export function derivedPalette(colors: readonly ColorWord[], cues: ReadonlySet<Cue>, random: Random): Palette {
  const main = colorAnchors[colors[0] ?? "blue"];
  const harmony = random.pick([35, -35, 150, 180, 205]);
  const second =
    colors[1] === undefined
      ? { lightness: 0.72, chroma: Math.min(0.13, main.chroma + 0.02), hue: main.hue + harmony }
      : colorAnchors[colors[1]];
  const third = colors[2] === undefined ? { ...second, lightness: 0.82, hue: (main.hue + second.hue) / 2 } : colorAnchors[colors[2]];
  const dark = cues.has("night") || cues.has("neon") || cues.has("space") || (colors[0] === "black" && !cues.has("day"));
  const c = Math.min(1, main.chroma / 0.16);
  const tone = (lightness: number, chroma: number, turned = 0) => oklch(lightness, chroma * c, main.hue + turned);
  const drift = random.pick([-14, 14]);
  const accents = [
    oklch(main.lightness, main.chroma, main.hue),
    tone(Math.max(0.36, main.lightness - 0.17), 0.13, -drift),
    oklch(second.lightness, second.chroma, second.hue),
    tone(Math.min(0.86, main.lightness + 0.17), 0.1, drift),
    oklch(Math.min(0.9, third.lightness), third.chroma * 0.8, third.hue),
  ];
  const warmLight = oklch(0.95, 0.06, second.chroma > 0.05 ? second.hue : 90);
  const shared = { name: `derived from ${colors.join(" and ")}`, accents, dark, cues: [] };
  if (dark) {
    return {
      ...shared,
      paper: tone(0.2, 0.05),
      ink: tone(0.94, 0.03),
      sky: [tone(0.19, 0.07, -drift), tone(0.36, 0.13), tone(0.62, 0.14, drift)],
      far: tone(0.42, 0.11),
      near: tone(0.15, 0.05, -drift),
      light: warmLight,
    };
  }
  return {
    ...shared,
    paper: tone(0.955, 0.022, drift),
    ink: tone(0.27, 0.075),
    sky: [tone(0.68, 0.12, -drift), tone(0.8, 0.09), tone(0.92, 0.055, drift)],
    far: tone(0.72, 0.1, drift),
    near: colors.length > 1 ? oklch(0.34, second.chroma * 0.6, second.hue) : tone(0.33, 0.1, -drift),
    light: oklch(0.975, 0.022, second.hue),
  };
}
