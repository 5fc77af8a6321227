import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix } from "../exact-math.ts";
import { linearGradient } from "../paint.ts";
import { polygon } from "../path.ts";
import type { Scene } from "../scene.ts";
import type { Light } from "../sky.ts";
import { heightAt } from "./trees.ts";

/** The lee side of each dune: in shadow from the crest, along an edge that winds down to its foot. */
export function shadeDune({ canvas, palette, random }: Scene, crest: readonly number[], color: Rgb, rise: number): void {
  const shade = palette.dark ? adjust(color, -0.07) : blend(color, palette.near, 0.5);
  for (let index = 2; index + 141 < crest.length; index += 2) {
    const [x, y] = [crest[index] as number, crest[index + 1] as number];
    if (y >= (crest[index - 1] as number) || y > (crest[index + 3] as number)) continue;
    const lee: number[] = [];
    for (let at = index; at + 1 < crest.length && at < index + 280; at += 2) lee.push(crest[at] as number, crest[at + 1] as number);
    const [endX, endY] = [lee.at(-2) as number, lee.at(-1) as number];
    const fall = rise * 2.6;
    const bow = random.between(0.08, 0.2) * (random.chance(0.7) ? 1 : -0.6);
    const foot = x + random.between(-0.1, 0.16);
    const path = polygon(lee)
      .line(endX, endY + fall)
      .line(foot, y + fall);
    path.cubic(foot + bow, y + fall * 0.66, x - bow * 0.9, y + fall * 0.36, x, y);
    const fade = [0.9, 0.62, 0].map((opacity) => ({ color: shade, opacity }));
    canvas.fill(path, linearGradient(fade, [x, y], [x + (endX - x) * 0.6, y + fall * 0.62], { grain: 0.4 }));
  }
}

/** Facets on the side away from the light, and snow on the summits. */
export function shadeMountain(scene: Scene, crest: readonly number[], color: Rgb, light: Light, snow: boolean, base: number): void {
  const { canvas, palette, noise } = scene;
  const lit = palette.dark
    ? blend(color, palette.sky[2], 0.3)
    : snow
      ? blend(color, adjust(palette.light, 0.03, 0.35), 0.82)
      : blend(color, palette.light, 0.3);
  const reach = 26;
  for (let index = 2 * reach; index < crest.length - 2 * reach; index += 2) {
    const [x, y] = [crest[index] as number, crest[index + 1] as number];
    let summit = y < base - 0.06;
    for (let near = -reach; near <= reach && summit; near += 1) summit = (crest[index + 2 * near + 1] as number) >= y;
    if (!summit) continue;
    const side = light.x > x ? 1 : -1;
    const drop = (base - y) * (snow ? 0.5 : 0.8);
    const slope: number[] = [x, y];
    let at = index;
    while (at > 2 && at < crest.length - 3 && (crest[at + 1] as number) - y < drop && Math.abs((crest[at] as number) - x) < 0.3) {
      slope.push(crest[at] as number, (crest[at + 1] as number) + 0.0005);
      at += 2 * side;
    }
    const [endX, endY] = [slope.at(-2) as number, slope.at(-1) as number];
    const path = polygon(slope);
    for (let tooth = 1; tooth <= 11; tooth += 1) {
      const t = tooth / 11;
      const jag = (tooth % 2 === 0 ? -0.3 : 0.3) * (1 - t) + noise.at(x * 31 + tooth, y * 17) * 0.25;
      const inner = mix(endX, x, t) + jag * 0.02;
      // Snow and light lie on the rock, so nowhere above the crest.
      const below = mix(endY, y, t) + drop * 0.3 * (1 - t) * (0.6 + jag);
      path.line(inner, Math.max(below, heightAt(crest, inner) + 0.003));
    }
    canvas.fill(
      path,
      linearGradient(
        [
          { color: lit, opacity: 0.92 },
          { color: lit, opacity: snow ? 0.5 : 0 },
        ],
        [x, y],
        [x, y + drop * 1.2],
        { grain: 0.35 },
      ),
    );
  }
}
