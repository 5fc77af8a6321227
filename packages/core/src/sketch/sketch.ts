import { Canvas } from "./canvas.ts";
import { drawBotanical } from "./compositions/botanical.ts";
import { drawCircles } from "./compositions/circles.ts";
import { drawFlow } from "./compositions/flow.ts";
import { drawLandscape } from "./compositions/landscape.ts";
import { drawRidges } from "./compositions/ridges.ts";
import { drawSkyline } from "./compositions/skyline.ts";
import { drawTiling } from "./compositions/tiling.ts";
import { drawWaves } from "./compositions/waves.ts";
import { finish } from "./finish.ts";
import { Noise } from "./noise.ts";
import { hashOf, Random } from "./random.ts";
import { read } from "./reading.ts";
import type { SketchRequest, SketchStyle } from "./request.ts";
import type { Scene } from "./scene.ts";

/** RGB pixels, 3 bytes each, row by row. */
export type Sketch = { width: number; height: number; pixels: Uint8Array; composition: SketchStyle; palette: string };

const compositions: Record<SketchStyle, (scene: Scene) => void> = {
  landscape: drawLandscape,
  ridges: drawRidges,
  flow: drawFlow,
  circles: drawCircles,
  tiling: drawTiling,
  waves: drawWaves,
  skyline: drawSkyline,
  botanical: drawBotanical,
};

/**
 * Draws a picture from words, style and seed. The same request gives the same pixels on every machine: the drawing uses only
 * arithmetic whose results ECMA-262 fixes to the last bit. The same request at another size of the same ratio gives the same
 * picture, but for the grain of its paper. A change of the art changes the pixels: nothing is promised between releases.
 *
 * @throws RangeError if a side is not a whole number from 1 to 8192.
 */
export function sketch(request: SketchRequest): Sketch {
  const { width, height, seed } = request;
  for (const side of [width, height])
    if (!Number.isInteger(side) || side < 1 || side > 8192) throw new RangeError(`A side of ${side} pixels cannot be drawn.`);
  const { composition, palette, cues, hash } = read(request);
  const canvas = new Canvas(width, height);
  const noise = new Noise(new Random(hash, seed, 3));
  compositions[composition]({
    canvas,
    palette,
    has: (...wanted) => wanted.some((cue) => cues.has(cue)),
    theme: new Random(hash, hashOf(composition), 1),
    random: new Random(hash, seed, 2),
    noise,
    width: canvas.width,
    height: canvas.height,
  });
  return { width, height, pixels: finish(canvas), composition, palette: palette.name };
}
