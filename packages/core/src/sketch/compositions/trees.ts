import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix, sin, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, Path, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";

/** Between the points of a crest, in picture units. */
export const crestStep = 0.0035;

/** A wood along a crest: pines, or round crowns in the colours of autumn. */
export function plantForest(scene: Scene, crest: readonly number[], depth: number, color: Rgb, broad: boolean): void {
  const { canvas, palette, random } = scene;
  const gap = mix(0.012, 0.04, depth);
  for (let x = -0.02; x < scene.width + 0.04; x += gap * random.between(0.5, 1.5)) {
    const y = heightAt(crest, x) + 0.006;
    const tall = mix(0.035, 0.15, depth) * random.between(0.6, 1.25);
    const shade = blend(
      adjust(color, random.between(-0.05, 0.02)),
      random.pick(palette.accents),
      palette.dark ? 0.03 : broad ? 0.42 : 0.07,
    );
    if (broad && random.chance(0.7)) drawTree(scene, x, y, tall * 0.85, shade);
    else
      canvas.fill(
        pine(x, y, tall),
        linearGradient([shade, blend(shade, palette.sky[2], 0.22)], [x, y - tall], [x, y + 0.01], { grain: 0.25 }),
      );
  }
}

/** The crest's height at x; crests start at x = -0.02 and have a point every `crestStep`. */
export function heightAt(crest: readonly number[], x: number): number {
  const index = Math.round((x + 0.02) / crestStep) * 2 + 1;
  return crest[Math.max(1, Math.min(crest.length - 1, index))] as number;
}

function pine(x: number, y: number, tall: number): Path {
  const path = new Path().move(x, y - tall);
  const tiers = 6;
  const side = (sign: 1 | -1, tier: number) => {
    const t = (tier + 1) / tiers;
    const reach = tall * 0.21 * t;
    path.line(x + sign * reach, y - tall * (1 - t) - tall * 0.03);
    if (tier < tiers - 1) path.line(x + sign * reach * 0.5, y - tall * (1 - t) - tall * 0.055);
  };
  for (let tier = 0; tier < tiers; tier += 1) side(1, tier);
  path
    .line(x + tall * 0.02, y - tall * 0.03)
    .line(x + tall * 0.02, y + tall * 0.06)
    .line(x - tall * 0.02, y + tall * 0.06)
    .line(x - tall * 0.02, y - tall * 0.03);
  for (let tier = tiers - 1; tier >= 0; tier -= 1) {
    const t = (tier + 1) / tiers;
    const reach = tall * 0.21 * t;
    if (tier < tiers - 1) path.line(x - reach * 0.5, y - tall * (1 - t) - tall * 0.055);
    path.line(x - reach, y - tall * (1 - t) - tall * 0.03);
  }
  return path;
}

/** A round crown on a thin trunk. */
function drawTree({ canvas, palette, random }: Scene, x: number, y: number, tall: number, color: Rgb): void {
  const radius = tall * random.between(0.26, 0.34);
  canvas.fill(stroke([x, y + tall * 0.03, x, y - tall * 0.55], tall * 0.045), solid(adjust(color, -0.14)));
  const crown = new Path();
  for (let lobe = 0; lobe < 5; lobe += 1) {
    const angle = (lobe / 5) * turn + random.next();
    const [lx, ly] = [x + sin(angle) * radius * 0.5, y - tall * 0.66 + sin(angle + turn / 4) * radius * 0.6];
    const lobeCircle = circle(lx, ly, radius * random.between(0.6, 0.8));
    crown.starts.push(...lobeCircle.starts.map((start) => start + crown.points.length));
    crown.points.push(...lobeCircle.points);
  }
  canvas.fill(
    crown,
    linearGradient(
      [blend(color, palette.light, 0.16), color, adjust(color, -0.08)],
      [x - radius, y - tall],
      [x + radius * 0.6, y - tall * 0.3],
      { grain: 0.5 },
    ),
  );
}

/** A few trees that stand together. */
export function plantGroves(scene: Scene, crest: readonly number[], depth: number, color: Rgb): void {
  const { random, palette, width } = scene;
  for (let grove = random.whole(1, 3); grove > 0; grove -= 1) {
    const middle = random.next() * width;
    for (let tree = random.whole(1, 5); tree > 0; tree -= 1) {
      const x = middle + random.between(-0.07, 0.07);
      drawTree(
        scene,
        x,
        heightAt(crest, x) + 0.004,
        mix(0.03, 0.1, depth) * random.between(0.7, 1.2),
        blend(adjust(color, -0.07), random.pick(palette.accents), 0.12),
      );
    }
  }
}
