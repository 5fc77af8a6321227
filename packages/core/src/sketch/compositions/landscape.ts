import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix, sin, smoothstep } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { polygon, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";
import type { Light } from "../sky.ts";
import { drawSky, drawWater, drawWeather } from "../sky.ts";
import { drawBoat } from "./boat.ts";
import { shadeDune, shadeMountain } from "./relief.ts";
import { crestStep, heightAt, plantForest, plantGroves } from "./trees.ts";

type Terrain = "mountains" | "hills" | "dunes" | "forest" | "lake" | "fields";

/** Land in layers that fade into the sky's colour, under sun or moon; some with water that mirrors it. */
export function drawLandscape(scene: Scene): void {
  const { palette, random, height } = scene;
  const terrain = terrainOf(scene);
  const horizon = height * (terrain === "lake" ? random.between(0.52, 0.62) : random.between(0.46, 0.6));
  const light = drawSky(scene, horizon + 0.08, terrain === "mountains" ? horizon - 0.16 : horizon);
  if (terrain === "lake") drawLake(scene, horizon, light);
  else {
    const layers = terrain === "dunes" ? 5 : 6 + Math.round(Math.min(2, height - 1) * 2);
    for (let layer = 0; layer < layers; layer += 1) drawLayer(scene, terrain, horizon, layer / (layers - 1), layer, light);
  }
  if (scene.has("fog")) drawFog(scene, horizon, palette.sky[2]);
  drawWeather(scene, horizon);
}

function terrainOf({ has, theme }: Scene): Terrain {
  const other = theme.pick<Terrain>(["mountains", "hills", "lake", "hills", "mountains", "forest"]);
  if (has("desert")) return "dunes";
  if (has("sea", "water", "island", "boat")) return "lake";
  if (has("mountain", "ice")) return "mountains";
  if (has("forest")) return "forest";
  if (has("field", "village", "garden")) return "fields";
  return other;
}

/** A ridge line's height above its base at x, in about [0, 1]. */
function ridge({ noise }: Scene, terrain: Terrain, x: number, layer: number, depth: number): number {
  const row = layer * 7.31;
  if (terrain === "mountains")
    return noise.crest(x * mix(1.5, 1.1, depth) + row, row, 5) * mix(1, 0.6, depth) + 0.08 * noise.fractal(x * 9, row, 3);
  if (terrain === "dunes") {
    const phase = x * mix(2.6, 1.5, depth) + row + 1.3 * noise.at(x * 0.7 + row, row);
    const slip = 1 - Math.abs(sin(phase));
    return 0.72 * slip + 0.28 * (0.5 + 0.5 * noise.at(x * 0.8, row));
  }
  return 0.5 + 0.62 * noise.fractal(x * mix(1.4, 0.9, depth) + row, row, terrain === "forest" ? 3 : 2);
}

function drawLayer(scene: Scene, terrain: Terrain, horizon: number, depth: number, layer: number, light: Light): void {
  const { canvas, palette, width, height, has, noise } = scene;
  const base = mix(horizon + 0.02, height * 0.97, depth * (0.35 + 0.65 * depth));
  const rise = terrain === "mountains" ? mix(0.34, 0.2, depth) : terrain === "dunes" ? mix(0.12, 0.3, depth) : mix(0.13, 0.25, depth);
  const points: number[] = [];
  for (let x = -0.02; x <= width + (terrain === "dunes" ? 0.6 : 0.02); x += crestStep)
    points.push(x, base - rise * ridge(scene, terrain, x, layer, depth));
  const body = blend(palette.far, palette.near, smoothstep(0, 1, depth));
  const accent = palette.accents[layer % palette.accents.length] ?? body;
  const tint = terrain === "fields" || terrain === "forest" ? 0.34 : terrain === "dunes" ? 0.1 : 0.12;
  const color = blend(body, accent, palette.dark ? tint * 0.4 : tint * smoothstep(0, 0.5, depth));
  const mist = blend(color, palette.sky[2], mix(0.55, 0.12, depth));
  // Down to where the next layer surely covers it; more would be painted in vain.
  const foot = depth === 1 ? height + 0.1 : Math.min(height + 0.1, base + 0.3 + 0.2 * (height - horizon));
  const outline = polygon([...points, points.at(-2) as number, foot, -0.02, foot]);
  const hill = { top: base - rise, bottom: Math.min(height, base + mix(0.1, 0.2, depth)) };
  canvas.fill(
    outline,
    linearGradient([color, blend(color, mist, 0.5), mist], [0, hill.top], [0, hill.bottom + 0.05], { grain: mix(0.12, 0.3, depth) }),
  );
  if (terrain === "dunes") shadeDune(scene, points, color, rise);
  if (terrain === "mountains" && depth < 0.75) shadeMountain(scene, points, color, light, has("snow", "winter", "cold", "ice"), base);
  if (terrain === "forest" && depth > 0.12) plantForest(scene, points, depth, color, has("autumn"));
  if (terrain === "fields") furrow(scene, points, depth, layer, color);
  if (terrain === "hills" && depth > 0.3 && noise.at(layer * 3.7, 0.5) > -0.3) plantGroves(scene, points, depth, color);
}

/** Ploughed or planted lines that run to a vanishing point. */
function furrow(
  { canvas, palette, random, width, noise }: Scene,
  crest: readonly number[],
  depth: number,
  layer: number,
  color: Rgb,
): void {
  if (depth < 0.15) return;
  const vanishing = width * (0.5 + noise.at(layer * 2.3, 9.1) * 0.8);
  const tone = layer % 2 === 0 ? blend(color, palette.light, 0.3) : adjust(color, -0.07);
  const spacing = mix(0.014, 0.05, depth);
  for (let x = -0.6; x < width + 0.6; x += spacing) {
    const y = heightAt(crest, x);
    const end = x + (x - vanishing) * mix(0.5, 1.1, depth);
    const fall = mix(0.1, 0.4, depth);
    const bend = (x + end) / 2 + random.between(-0.004, 0.004);
    const points: number[] = [];
    for (let piece = 0; piece <= 10; piece += 1) {
      const t = piece / 10;
      points.push(mix(mix(x, bend, t), mix(bend, end, t), t), y + 0.004 + fall * t * t * 0.6 + fall * t * 0.4);
    }
    if (x > -0.02 && x < width + 0.02)
      canvas.fill(
        stroke(points, (t) => mix(0.0015, 0.008, t) * mix(0.6, 1.6, depth)),
        solid(tone, { opacity: 0.5 }),
      );
  }
}

/** Far shores, water and, now and then, a sail. */
function drawLake(scene: Scene, horizon: number, light: Light): void {
  const { canvas, palette, random, width, has } = scene;
  const islands = has("island");
  for (let layer = 0; layer < 3; layer += 1) {
    const points: number[] = [];
    const away = layer / 3;
    const reach = random.between(0.35, 0.75) * width;
    const middle = random.chance(0.5) ? random.between(-0.1, 0.25) * width : random.between(0.75, 1.1) * width;
    for (let x = -0.02; x <= width + 0.02; x += crestStep) {
      const shore = islands || layer > 0 ? 1 - smoothstep(0, 1, Math.abs(x - middle) / reach) : 0.8;
      points.push(x, horizon + 0.002 - shore * mix(0.17, 0.11, away) * Math.max(0, ridge(scene, "mountains", x * 1.2, layer + 3, away)));
    }
    const color = blend(palette.far, palette.near, 0.1 + away * 0.65);
    canvas.fill(
      polygon([...points, width + 0.02, horizon + 0.01, -0.02, horizon + 0.01]),
      linearGradient([color, blend(color, palette.sky[2], 0.4)], [0, horizon - 0.16], [0, horizon], { grain: 0.2 }),
    );
  }
  drawWater(scene, horizon, light);
  const boats = has("boat") ? 3 : has("sea", "island") || random.chance(0.5) ? random.whole(1, 2) : 0;
  for (let boat = 0; boat < boats; boat += 1)
    drawBoat(scene, width * random.between(0.15, 0.85), horizon + (scene.height - horizon) * random.between(0.12, 0.5), horizon);
}

function drawFog({ canvas, random, width }: Scene, horizon: number, color: Rgb): void {
  for (let bank = 0; bank < 4; bank += 1) {
    const y = horizon + bank * 0.09 + random.between(-0.03, 0.05);
    const band = [0, 0.5, 0.62, 0.5, 0].map((opacity) => ({ color, opacity }));
    canvas.fill(
      polygon([-0.1, y - 0.1, width + 0.1, y - 0.1, width + 0.1, y + 0.1, -0.1, y + 0.1]),
      linearGradient(band, [0, y - 0.1], [random.between(-0.02, 0.02), y + 0.1], { grain: 0.15 }),
    );
  }
}
