import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, Path, polygon, rectangle, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";
import { drawSky, drawWater, drawWeather } from "../sky.ts";

type Building = { x: number; width: number; top: number; ground: number; depth: number; color: Rgb };

/** A town in layers, from haze to foreground, with lit windows; by water it is mirrored. */
export function drawSkyline(scene: Scene): void {
  const { palette, theme, random, has, width, height } = scene;
  const village = has("village") && !has("neon");
  const water = has("sea", "water", "boat", "rain") || theme.chance(0.4);
  const ground = height * (water ? random.between(0.7, 0.76) : 1);
  const light = drawSky(scene, ground);
  const layers = 4;
  if (water) drawWater(scene, ground, light);
  for (let layer = 0; layer < layers; layer += 1) {
    const depth = layer / (layers - 1);
    const color = blend(palette.far, palette.near, depth * (water ? 0.85 : 1));
    const tallest = Math.min(0.68, height * 0.6) * (village ? 0.8 : 1) * mix(1, water ? 0.62 : 0.6, depth);
    let x = -0.05;
    while (x < width + 0.05) {
      const wide = village ? random.between(0.09, 0.15) * mix(0.6, 1.1, depth) : random.between(0.045, 0.13) * mix(0.7, 1.15, depth);
      const centre = 1 - Math.abs((x + wide / 2) / width - 0.5) * random.between(0.3, 1);
      const tall = tallest * centre * random.between(0.45, 1) * (random.chance(0.12) && !village ? 1.18 : 1);
      const building = { x, width: wide, top: ground - tall, ground, depth, color: adjust(color, random.between(-0.03, 0.03)) };
      if (village) drawHouse(scene, building);
      else drawTower(scene, building);
      if (water && depth > 0.6) mirror(scene, building);
      x += wide * (village ? random.between(0.92, 1.04) : random.between(0.9, 1.25));
    }
    if (layer < layers - 1) drawHaze(scene, ground, tallest, has("fog", "rain") ? 0.55 : 0.3);
  }
  drawWeather(scene, ground * 0.5);
}

function drawTower(scene: Scene, building: Building): void {
  const { canvas, palette, random } = scene;
  const { x, width, top, ground, depth, color } = building;
  const foot = blend(color, palette.sky[2], mix(0.5, 0.06, depth));
  const paint = linearGradient([color, foot], [0, top], [0, ground], { grain: 0.25 });
  canvas.fill(rectangle(x, top, width, ground - top + 0.002), paint);
  const roof = random.next();
  const middle = x + width / 2;
  if (roof < 0.18) canvas.fill(polygon([x, top + 0.001, middle, top - width * 0.75, x + width, top + 0.001]), paint);
  else if (roof < 0.4) {
    canvas.fill(rectangle(x + width * 0.18, top - 0.03, width * 0.64, 0.032), paint);
    canvas.fill(rectangle(x + width * 0.34, top - 0.052, width * 0.32, 0.024), paint);
  } else if (roof < 0.5) canvas.fill(new Path().arc(middle, top + 0.001, width / 2, turn / 2, turn), paint);
  else if (roof < 0.62) canvas.fill(polygon([x, top + 0.001, x, top - width * 0.4, x + width, top + 0.001]), paint);
  if (roof < 0.4 && random.chance(0.6))
    canvas.fill(
      stroke([middle, top, middle, top - random.between(0.05, 0.11)], (t) => mix(0.004, 0.0015, t)),
      solid(color),
    );
  canvas.fill(rectangle(x + width * 0.72, top, width * 0.28, ground - top), solid(adjust(color, -0.045), { opacity: 0.5 }));
  if (depth > 0.25) drawWindows(scene, building);
}

/** Rows of windows in one of three formats; more of them are lit at night. */
function drawWindows({ canvas, palette, random, has }: Scene, { x, width, top, ground, depth, color }: Building): void {
  const neon = has("neon");
  const lit = palette.dark ? random.between(0.3, 0.7) : 0.22;
  const format = random.whole(0, 2);
  const gapX = mix(0.0105, 0.0165, depth) * (format === 2 ? 1.6 : 1);
  const gapY = mix(0.014, 0.022, depth) * (format === 1 ? 1.5 : 1);
  const columns = Math.floor((width - 0.012) / gapX);
  const rows = Math.floor((ground - top - 0.02) / gapY);
  if (columns < 1) return;
  const inset = (width - columns * gapX) / 2;
  const glow = neon ? random.pick([...palette.accents, palette.light]) : palette.light;
  const bright = blend(glow, palette.accents[0] ?? glow, neon ? 0 : random.between(0, 0.3));
  const dull = palette.dark ? blend(color, palette.sky[1], 0.35) : blend(color, palette.sky[2], 0.3);
  const paints = [solid(bright, { opacity: mix(0.62, 0.95, depth) }), solid(dull, { opacity: 0.5 })] as const;
  for (let row = 0; row < rows; row += 1) {
    const rowLit = random.chance(0.12);
    for (let column = 0; column < columns; column += 1) {
      const on = rowLit || random.chance(lit * 0.8);
      canvas.fill(
        rectangle(x + inset + (column + 0.2) * gapX, top + 0.014 + row * gapY, gapX * 0.6, gapY * 0.56),
        on ? paints[0] : paints[1],
      );
    }
  }
  if (neon && depth > 0.5 && random.chance(0.45)) {
    const [sx, sy, tall] = [x + width * random.pick([0.08, 0.8]), top + (ground - top) * 0.12, Math.min(0.2, (ground - top) * 0.4)];
    canvas.glow(sx, sy + tall / 2, 0.16, glow, 0.5);
    canvas.fill(rectangle(sx, sy, 0.012, tall), solid(blend(glow, palette.light, 0.25)));
  }
}

/** A gabled house with few, warm windows. */
function drawHouse(scene: Scene, building: Building): void {
  const { canvas, palette, random } = scene;
  const { x, width, top, ground, depth } = building;
  const wall = palette.dark
    ? blend(building.color, palette.sky[1], 0.12)
    : blend(building.color, random.pick([...palette.accents, palette.paper, palette.light]), 0.25 + 0.45 * depth);
  const snowy = scene.has("snow", "winter");
  const bare = palette.dark ? adjust(building.color, -0.05) : blend(palette.near, palette.accents[random.whole(0, 2)] ?? palette.near, 0.5);
  const roofColor = snowy ? blend(bare, adjust(palette.light, 0.03, 0.4), palette.dark ? 0.45 : 0.82) : bare;
  const pitch = width * random.between(0.45, 0.8);
  canvas.fill(
    rectangle(x, top, width, ground - top + 0.002),
    linearGradient([wall, blend(wall, palette.sky[2], mix(0.4, 0.05, depth))], [0, top], [0, ground], { grain: 0.4 }),
  );
  if (random.chance(0.5)) canvas.fill(rectangle(x + width * 0.66, top - pitch * 0.85, width * 0.12, pitch * 0.7), solid(roofColor));
  canvas.fill(
    polygon([x - width * 0.05, top + 0.002, x + width / 2, top - pitch, x + width * 1.05, top + 0.002]),
    linearGradient([roofColor, blend(roofColor, wall, 0.25)], [0, top - pitch], [0, top], { grain: 0.4 }),
  );
  const lit = palette.dark || scene.has("night", "dusk");
  const columns = Math.max(1, Math.floor(width / 0.034));
  const gap = width / columns;
  for (let y = top + 0.02; y < ground - 0.025; y += 0.045)
    for (let column = 0; column < columns; column += 1) {
      const on = lit && random.chance(0.6);
      const glass = on ? palette.light : palette.dark ? palette.sky[1] : blend(palette.near, palette.sky[0], 0.3);
      canvas.fill(rectangle(x + (column + 0.3) * gap, y, gap * 0.4, 0.022), solid(glass, { opacity: mix(0.4, 0.95, depth) }));
    }
  if (random.chance(0.16)) canvas.fill(circle(x + width / 2, top - pitch * 0.38, width * 0.07), solid(palette.light));
}

/** A building's broken image in the water. */
function mirror({ canvas, palette, random, height }: Scene, { x, width, top, ground, color }: Building): void {
  const deep = Math.min(height - ground, (ground - top) * 0.7);
  const strips = 12;
  for (let strip = 0; strip < strips; strip += 1) {
    const t = strip / strips;
    const sway = random.between(-0.008, 0.008) * (1 + t);
    canvas.fill(
      rectangle(x + sway, ground + t * deep, width * random.between(0.85, 1.1), (deep / strips) * 0.8),
      solid(color, { opacity: 0.5 * (1 - t) }),
    );
    if (palette.dark && random.chance(0.55)) {
      const glint = random.pick([palette.light, ...palette.accents.slice(0, 2)]);
      canvas.fill(
        rectangle(x + width * random.next() * 0.8, ground + t * deep * 1.3, random.between(0.008, 0.03), 0.0035),
        solid(glint, { opacity: 0.75 * (1 - t) }),
      );
    }
  }
}

function drawHaze({ canvas, palette, width }: Scene, ground: number, tall: number, strength: number): void {
  const haze = [0, 0.4, 1].map((share) => ({ color: palette.sky[2], opacity: share * strength }));
  canvas.fill(rectangle(-0.1, ground - tall, width + 0.2, tall), linearGradient(haze, [0, ground - tall], [0, ground], { grain: 0.1 }));
}
