import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix, sin, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, polygon, sector, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";
import { drawSky, drawWeather } from "../sky.ts";
import { drawBoat } from "./boat.ts";

/** Waves: a swell under the sky, seigaiha scales, or ribbons that rise and fall together. */
export function drawWaves(scene: Scene): void {
  const { theme, has } = scene;
  const kind = theme.next();
  if (has("japanese", "ceramic", "fabric", "geometric")) drawScales(scene);
  else if (has("sea", "water", "storm", "boat", "dawn", "dusk", "night", "island") || kind < 0.42) drawSwell(scene);
  else if (kind < 0.68) drawScales(scene);
  else drawRibbons(scene);
}

/** Rows of crested waves, nearer ones larger and deeper in colour. */
function drawSwell(scene: Scene): void {
  const { canvas, palette, random, noise, width, height, has } = scene;
  const horizon = height * random.between(0.34, 0.46);
  drawSky(scene, horizon + 0.1);
  const rows = 10 + Math.round(Math.min(2, height - 1) * 5);
  const rough = has("storm", "wild", "wind") ? 1.8 : has("calm", "minimal") ? 0.5 : 1;
  const foam = palette.dark ? blend(palette.light, palette.sky[2], 0.35) : blend(palette.paper, palette.light, 0.5);
  const sailing = has("boat") || (has("sea") && random.chance(0.6)) ? Math.floor(rows * 0.4) : -1;
  for (let row = 0; row < rows; row += 1) {
    const depth = row / (rows - 1);
    const y = mix(horizon, height + 0.02, depth * (0.55 + 0.45 * depth));
    const tall = mix(0.007, 0.05, depth) * rough;
    const long = mix(0.09, 0.44, depth);
    // Far enough down to lie behind the next wave; more would be painted in vain.
    const foot = y + (row === rows - 1 ? height : (0.9 * height) / rows + 0.2);
    const shift = random.next() * turn;
    const points: number[] = [];
    for (let x = -0.03; x <= width + 0.03; x += 0.004) {
      const phase = (x / long) * turn + shift + 1.5 * noise.at(x * 1.6, row * 3.1);
      // Crests are sharper than troughs.
      const crest = 1 - Math.abs(sin(phase / 2));
      points.push(x, y - tall * (crest * crest * 1.5 + crest * 0.5) * (0.7 + 0.5 * noise.at(x * 2 + 9, row * 5)));
    }
    const accent = palette.accents[row % palette.accents.length] ?? palette.far;
    const body = blend(blend(palette.far, palette.near, depth), accent, palette.dark ? 0.16 : 0.3);
    const stops = [blend(body, palette.sky[2], mix(0.42, 0.22, depth)), body, blend(body, palette.near, 0.3)];
    canvas.fill(
      polygon([...points, width + 0.1, foot, -0.1, foot]),
      linearGradient(stops, [0, y - tall * 2], [0, y + mix(0.06, 0.2, depth)], { grain: 0.35 }),
    );
    canvas.fill(stroke(points, mix(0.0014, 0.0062, depth)), solid(foam, { opacity: mix(0.5, 0.9, depth) }));
    for (let line = 1; line <= 2; line += 1) {
      const inner = points.map((value, index) => (index % 2 === 0 ? value : value + tall * 0.42 * line + mix(0.004, 0.012, depth) * line));
      canvas.fill(stroke(inner, mix(0.0008, 0.0026, depth)), solid(foam, { opacity: 0.34 / line }));
    }
    if (row === sailing) drawBoat(scene, width * random.between(0.2, 0.8), y + 0.01, horizon);
  }
  drawWeather(scene, horizon);
}

/** Seigaiha: overlapping ringed discs, as on Japanese cloth. */
function drawScales({ canvas, palette, random, theme, noise, width, height }: Scene): void {
  const ground = palette.dark ? palette.sky[0] : palette.paper;
  canvas.fillAll(solid(ground));
  const radius = 1 / theme.whole(9, 14);
  const rings = theme.whole(3, 5);
  const sun = theme.chance(0.6)
    ? { x: width * random.between(0.3, 0.7), y: height * random.between(0.24, 0.4), radius: random.between(0.17, 0.25) }
    : undefined;
  const top = sun === undefined ? -radius : sun.y + sun.radius * random.between(0.1, 0.7);
  if (sun !== undefined) {
    canvas.fillAll(
      linearGradient(palette.dark ? [palette.sky[0], palette.sky[1]] : [palette.paper, palette.sky[2]], [0, 0], [0, top], { grain: 0.2 }),
    );
    const disc = palette.dark ? palette.light : (palette.accents[0] ?? palette.ink);
    canvas.fill(
      circle(sun.x, sun.y, sun.radius),
      linearGradient([disc, blend(disc, palette.sky[2], 0.35)], [0, sun.y - sun.radius], [0, sun.y + sun.radius], { grain: 0.35 }),
    );
  }
  const inks = [palette.near, ...palette.accents.slice(0, 3), palette.far];
  for (let row = 0; top + row * radius * 0.5 < height + radius * 2; row += 1) {
    for (let column = -1; column * 2 * radius < width + 2 * radius; column += 1) {
      const [x, level] = [column * 2 * radius + (row % 2 === 0 ? 0 : radius), top + row * radius * 0.5];
      const y = level + (sun === undefined ? 0 : 0.07 * sin((x / width) * 4 + row * 0.05 + 2)) + radius;
      const place = 0.5 + 0.9 * noise.fractal(x * 0.7, level * 0.9, 2) + random.between(-0.1, 0.1);
      const ink = inks[Math.max(0, Math.min(inks.length - 1, Math.floor(place * inks.length)))] ?? palette.ink;
      // What lies lower is always under the rows to come.
      const [from, to] = [turn / 2 - 0.4, turn + 0.4];
      canvas.fill(sector(x, y, 0, radius, from, to), solid(ground));
      for (let ring = 0; ring < rings; ring += 1) {
        const outer = radius * (0.95 - (ring / rings) * 0.95);
        const inner = ring === rings - 1 ? 0 : outer - (radius / rings) * 0.56;
        canvas.fill(
          sector(x, y, inner, outer, from, to),
          linearGradient([ink, blend(ink, ground, 0.16)], [x, y - radius], [x, y], { grain: 0.3 }),
        );
      }
    }
  }
}

/** Bands across the whole sheet, thick and thin, over a slow drift of colour. */
function drawRibbons({ canvas, palette, random, theme, noise, width, height, has }: Scene): void {
  const ground = palette.dark ? palette.sky[0] : palette.paper;
  canvas.fillAll(solid(ground));
  const colors: Rgb[] = theme.shuffled([...palette.accents, palette.near, palette.sky[1], palette.light]);
  const tall = has("calm", "minimal") ? 0.05 : theme.between(0.08, 0.16);
  const long = theme.between(0.5, 0.95);
  const [shift, bend] = [random.next() * turn, random.next() * 20];
  let y = -tall * 1.6;
  for (let band = 0; y < height + tall * 1.6; band += 1) {
    const thick = random.pick([0.018, 0.032, 0.032, 0.055, 0.085]);
    const color = colors[band % colors.length] as Rgb;
    const start = y;
    const points: number[] = [];
    for (let x = -0.03; x <= width + 0.03; x += 0.005) {
      const phase = (x / long) * turn + shift + start * 2.4;
      points.push(x, start + tall * sin(phase) * (0.65 + 0.5 * noise.at(start * 2, bend)) + 0.07 * noise.at(x * 1.3 + bend, start * 1.5));
    }
    canvas.fill(
      polygon([...points, width + 0.1, height + 0.5, -0.1, height + 0.5]),
      linearGradient(
        [color, adjust(color, 0.03), blend(color, palette.near, 0.22)],
        [0, start - tall],
        [width * 0.25, start + tall + thick],
        { grain: 0.5 },
      ),
    );
    if (random.chance(0.35)) canvas.fill(stroke(points, 0.0045), solid(ground));
    y += thick;
  }
}
