import { createHash } from "node:crypto";

/** Three bytes: red, green, blue. */
export type Color = readonly [red: number, green: number, blue: number];

/** What a picture shows before it has a format: eight by eight tiles of at most four colours. */
export type Drawing = {
  width: number;
  height: number;
  palette: readonly [Color, Color, Color, Color];
  /** The colour at a pixel, as its place in the palette, 0–3. */
  at(x: number, y: number): number;
  /** The first colour of the palette is see-through (PNG alone keeps this). */
  cutOut: boolean;
};

const tiles = 8;

/**
 * A drawing that follows from its words alone: other words (a prompt, a seed) give other tiles and colours.
 * Its size in pixels is the one that was asked for; what is in it is coarse, so that it is made in about a millisecond.
 */
export function drawing(words: string, width: number, height: number, cutOut = false): Drawing {
  const digest = createHash("sha256").update(words).digest();
  const byte = (at: number) => digest[at] ?? 0;
  const color = (at: number): Color => [byte(at), byte(at + 1), byte(at + 2)];
  return {
    width,
    height,
    cutOut,
    palette: [color(16), color(19), color(22), color(25)],
    at(x, y) {
      const tile = Math.min(tiles - 1, Math.floor((y * tiles) / height)) * tiles + Math.min(tiles - 1, Math.floor((x * tiles) / width));
      return (byte(tile >> 2) >> ((tile & 3) * 2)) & 3;
    },
  };
}

/** The picture that a provider sends when its filter has taken the real one away: one flat colour, as from a very strong blur. */
export function blurred(width: number, height: number): Drawing {
  const gray: Color = [128, 128, 128];
  return { width, height, cutOut: false, palette: [gray, gray, gray, gray], at: () => 0 };
}

/** Four drawings of equal size in two rows, as Midjourney sends them. Each has its own tiles; they share the first one's colours. */
export function gridOfFour(words: string, side: { width: number; height: number }): Drawing {
  const parts = [1, 2, 3, 4].map((index) => drawing(`${words}\0${index}`, side.width, side.height));
  const first = parts[0] ?? drawing(words, side.width, side.height);
  return {
    width: side.width * 2,
    height: side.height * 2,
    cutOut: false,
    palette: first.palette,
    at(x, y) {
      const part = parts[(y >= side.height ? 2 : 0) + (x >= side.width ? 1 : 0)] ?? first;
      return part.at(x % side.width, y % side.height);
    },
  };
}
