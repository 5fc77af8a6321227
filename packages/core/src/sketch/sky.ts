import type { Rgb } from "./color.ts";
import { adjust, blend } from "./color.ts";
import { clamp, mix, smoothstep } from "./exact-math.ts";
import { linearGradient, radialGradient, solid } from "./paint.ts";
import { circle, Path, polygon, stroke } from "./path.ts";
import type { Scene } from "./scene.ts";

/** Where the sun or moon stands. */
export type Light = { x: number; y: number; radius: number };

/** The whole sky down to `horizon`, with its sun or moon, stars and clouds; what stands on the land hides all below `crest`. */
export function drawSky(scene: Scene, horizon: number, crest = horizon): Light {
  const { canvas, palette, has, random, theme, width } = scene;
  canvas.fillAll(linearGradient(palette.sky, [0, -0.02], [0, horizon], { grain: 0.1 }));
  const night = palette.dark && !has("dusk", "fire");
  if (night || has("star", "space")) drawStars(scene, horizon);
  const poster = theme.chance(0.4);
  const radius = has("minimal") || poster ? random.between(0.13, 0.21) : random.between(0.055, 0.11);
  const low = has("dusk", "dawn");
  const light = {
    x: width * (random.chance(0.5) ? random.between(0.2, 0.42) : random.between(0.58, 0.8)),
    y: Math.max(radius * 1.2, crest * (low ? random.between(0.66, 0.9) : random.between(0.3, 0.62))),
    radius,
  };
  if (has("rain", "storm", "fog") && !has("sun", "moon")) {
    canvas.glow(light.x, light.y, radius * 5, palette.light, 0.3);
    canvas.fill(circle(light.x, light.y, radius), solid(palette.light, { opacity: 0.4 }));
  } else drawDisc(scene, light, night || has("moon"));
  drawClouds(scene, horizon);
  return light;
}

function drawDisc({ canvas, palette, random }: Scene, { x, y, radius }: Light, moon: boolean): void {
  canvas.glow(x, y, radius * 5.5, blend(palette.light, palette.sky[2], 0.25), moon ? 0.36 : 0.5);
  if (moon) {
    canvas.fill(
      circle(x, y, radius),
      radialGradient(
        [palette.light, palette.light, blend(palette.light, palette.sky[1], 0.3)],
        [x - radius * 0.3, y - radius * 0.3],
        radius * 1.5,
        { grain: 0.25 },
      ),
    );
    const shade = blend(palette.light, palette.sky[1], 0.28);
    for (let spot = 0; spot < 5; spot += 1) {
      const size = radius * random.between(0.07, 0.2);
      canvas.fill(
        circle(x + radius * random.between(-0.5, 0.5), y + radius * random.between(-0.5, 0.5), size),
        solid(shade, { opacity: 0.45 }),
      );
    }
    return;
  }
  const rim = blend(palette.light, palette.accents[0] ?? palette.light, palette.dark ? 0.55 : 0.28);
  canvas.fill(circle(x, y, radius), linearGradient([palette.light, rim], [x, y - radius], [x, y + radius * 1.1], { grain: 0.3 }));
}

function drawStars({ canvas, palette, random, width, height }: Scene, horizon: number): void {
  const count = Math.round(150 * width * Math.max(1, height));
  for (let star = 0; star < count; star += 1) {
    const y = horizon * random.next() * random.between(0.4, 1);
    const bright = random.next();
    const radius = 0.0009 + 0.0021 * bright * bright * bright;
    const x = random.next() * width;
    canvas.fill(circle(x, y, radius), solid(palette.light, { opacity: (0.35 + 0.6 * bright) * (1 - smoothstep(0.55, 1, y / horizon)) }));
    if (bright > 0.97) canvas.glow(x, y, 0.02, palette.light, 0.5);
  }
}

/** Long, flat-bottomed banks, lit from above. */
function drawClouds(scene: Scene, horizon: number): void {
  const { canvas, palette, has, random, theme, width } = scene;
  if (has("clear", "minimal")) return;
  const heavy = has("rain", "storm", "cloud", "melancholy");
  const banks = heavy ? theme.whole(5, 8) : theme.whole(0, 4);
  for (let bank = 0; bank < banks; bank += 1) {
    const depth = (bank + 0.5) / banks;
    const y = horizon * mix(0.1, 0.8, depth) + random.between(-0.03, 0.03);
    const length = random.between(0.3, heavy ? 1 : 0.7) * mix(1.1, 0.6, depth);
    const x = random.between(-0.2, 1.05) * width;
    const tall = length * random.between(0.1, 0.19);
    const path = new Path().move(x - length / 2, y);
    const puffs = random.whole(4, 7);
    for (let puff = 0; puff < puffs; puff += 1) {
      const from = x - length / 2 + (length * puff) / puffs;
      const to = from + length / puffs;
      const rise = tall * (1 - Math.abs(((puff + 0.5) / puffs) * 2 - 1) * 0.75) * random.between(0.75, 1.25);
      const step = length / puffs;
      path.cubic(from - step * 0.12, y - rise * 1.25, to + step * 0.12, y - rise * 1.25, to, y - (puff + 1 < puffs ? rise * 0.28 : 0));
    }
    path.quadratic(x + length * 0.2, y + tall * 0.12, x - length / 2, y);
    const lit = palette.dark ? blend(palette.sky[1], palette.sky[2], 0.6) : blend(palette.sky[2], palette.light, 0.6);
    const stops = [
      { color: lit, opacity: heavy ? 0.75 : 0.8 },
      { color: blend(palette.sky[1], palette.far, heavy ? 0.5 : 0.1), opacity: heavy ? 0.5 : 0.16 },
    ];
    canvas.fill(path, linearGradient(stops, [0, y - tall], [0, y + tall * 0.1], { grain: 0.22 }));
  }
}

/** Rain, snow or fog over everything, and birds where there is room for them. */
export function drawWeather(scene: Scene, horizon: number): void {
  const { canvas, palette, has, random, width, height } = scene;
  if (has("rain", "storm")) {
    const lean = random.between(0.1, 0.22) * (has("storm", "wind") ? 2 : 1);
    const drop = blend(palette.light, palette.sky[1], palette.dark ? 0.3 : 0.1);
    for (let index = 0; index < 420 * width * height; index += 1) {
      const [x, y, near] = [random.between(-0.1, width + 0.15), random.between(-0.1, height), random.next()];
      const length = 0.025 + 0.06 * near;
      canvas.fill(stroke([x, y, x - lean * length, y + length], 0.0012 + 0.0016 * near), solid(drop, { opacity: 0.16 + 0.34 * near }));
    }
  }
  if (has("snow") || (has("winter") && !has("clear"))) {
    const flake = palette.dark ? palette.light : adjust(palette.paper, 0.05, 0.5);
    for (let index = 0; index < 260 * width * height; index += 1) {
      const near = random.next();
      const size = 0.0016 + 0.0052 * near * near * near;
      canvas.fill(circle(random.next() * width, random.next() * height, size), solid(flake, { opacity: 0.5 + 0.4 * near }));
    }
  }
  if (has("bird") || (has("calm", "sea", "dawn", "field", "joyful") && random.chance(0.7))) drawBirds(scene, horizon);
}

function drawBirds({ canvas, palette, random, width }: Scene, horizon: number): void {
  const [cx, cy] = [width * random.between(0.25, 0.75), horizon * random.between(0.22, 0.55)];
  const color = palette.dark ? blend(palette.near, palette.sky[0], 0.2) : palette.near;
  for (let bird = random.whole(4, 9); bird > 0; bird -= 1) {
    const [x, y, size] = [cx + random.between(-0.17, 0.17), cy + random.between(-0.07, 0.07), random.between(0.011, 0.021)];
    const lift = size * random.between(0.3, 0.62);
    const wing = (side: 1 | -1) => {
      const path = new Path().move(x, y).quadratic(x + side * size * 0.45, y - lift * 1.5, x + side * size, y - lift * 0.55, 8);
      canvas.fill(path.quadratic(x + side * size * 0.45, y - lift * 0.85, x, y + size * 0.12, 8), solid(color));
    };
    wing(1);
    wing(-1);
  }
}

/** Water from `horizon` down, mirroring the sky, with glints under the light. */
export function drawWater(scene: Scene, horizon: number, light: Light | undefined): void {
  const { canvas, palette, random, width, height } = scene;
  const depth = height - horizon;
  const deep = blend(palette.sky[0], palette.near, palette.dark ? 0.6 : 0.5);
  const stops = [blend(palette.sky[2], palette.far, 0.35), blend(palette.sky[1], palette.far, 0.45), deep];
  canvas.fill(
    polygon([-0.1, horizon, width + 0.1, horizon, width + 0.1, height + 0.1, -0.1, height + 0.1]),
    linearGradient(stops, [0, horizon], [0, height], { grain: 0.12 }),
  );
  const ripples = Math.round(95 * Math.sqrt(depth) * width);
  for (let index = 0; index < ripples; index += 1) {
    const near = random.next();
    const y = horizon + depth * near * near;
    const length = mix(0.02, 0.2, near * near) * random.between(0.5, 1.5);
    const color = random.chance(0.5) ? palette.sky[2] : deep;
    drawGlint(scene, random.next() * width, y, length, mix(0.0012, 0.006, near), color, mix(0.16, 0.34, near));
  }
  if (light === undefined) return;
  for (let index = 0; index < 70; index += 1) {
    const near = random.next();
    const spread = light.radius * mix(0.7, 1.9, near) * random.between(-1, 1);
    const length = light.radius * random.between(0.25, 0.9) * (1 - Math.abs(spread) / (light.radius * 2.6));
    drawGlint(
      scene,
      light.x + spread * 0.7,
      horizon + 0.006 + depth * 0.92 * near * near,
      clamp(length, 0.006, 1),
      mix(0.002, 0.008, near),
      palette.light,
      mix(0.85, 0.45, near),
    );
  }
}

function drawGlint({ canvas }: Scene, x: number, y: number, length: number, thick: number, color: Rgb, opacity: number): void {
  const path = new Path().move(x - length / 2, y).quadratic(x, y - thick, x + length / 2, y, 10);
  canvas.fill(path.quadratic(x, y + thick, x - length / 2, y, 10), solid(color, { opacity }));
}
