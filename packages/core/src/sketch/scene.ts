import type { Canvas } from "./canvas.ts";
import type { Noise } from "./noise.ts";
import type { Palette } from "./palettes.ts";
import type { Random } from "./random.ts";
import type { Cue } from "./vocabulary.ts";

/** What a composition draws with. Lengths are in picture units: the short side is 1. */
export type Scene = {
  canvas: Canvas;
  palette: Palette;
  /** Whether the words ask for any of these. */
  has: (...cues: Cue[]) => boolean;
  /** The same for all seeds of a prompt: decides what kind of picture it is. */
  theme: Random;
  /** Another for each seed: decides the arrangement. */
  random: Random;
  noise: Noise;
  width: number;
  height: number;
};
