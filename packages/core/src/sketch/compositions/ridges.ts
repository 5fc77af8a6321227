import type { Rgb } from "../color.ts";
import { blend } from "../color.ts";
import { mix, smoothstep } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, polygon, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";
import { drawContours } from "./contours.ts";

/** Stacked lines: pulses in the manner of a pulsar's chart, paper-cut contours, or strata of coloured earth. */
export function drawRidges(scene: Scene): void {
  const { has, theme } = scene;
  const kind = theme.next();
  if (has("topographic", "paper")) drawContours(scene);
  else if (has("music", "line")) drawPulses(scene);
  else if (has("stone", "desert", "wood") || kind < 0.36) drawStrata(scene);
  else if (kind < 0.7) drawContours(scene);
  else drawPulses(scene);
}

/** Each line hides what lies behind it; they swell towards the middle. */
function drawPulses({ canvas, palette, random, theme, noise, width, height, has }: Scene): void {
  const dark = palette.dark || theme.chance(0.45);
  const [ground, line] = dark ? [palette.dark ? palette.sky[0] : palette.near, palette.light] : [palette.paper, palette.ink];
  canvas.fillAll(
    linearGradient([ground, blend(ground, palette.accents[1] ?? ground, dark ? 0.22 : 0.1)], [0, 0], [0, height], { grain: 0.15 }),
  );
  const sunny = theme.chance(0.55);
  if (sunny) {
    const [x, y, radius] = [width * random.between(0.35, 0.65), height * random.between(0.24, 0.34), random.between(0.15, 0.22)];
    const disc = palette.accents[0] ?? line;
    canvas.fill(
      circle(x, y, radius),
      linearGradient([disc, blend(disc, palette.accents[1] ?? ground, 0.6)], [x, y - radius], [x, y + radius], { grain: 0.35 }),
    );
  }
  const margin = has("minimal") ? 0.2 : theme.pick([0.12, 0.12, -0.02]);
  const lines = Math.round((has("minimal") ? 22 : theme.whole(34, 52)) * Math.min(1.8, height));
  const peak = random.between(0.1, 0.17);
  const middle = width * random.between(0.38, 0.62);
  const spread = width * random.between(0.24, 0.36);
  const [top, bottom] = [height * 0.24, height * (margin > 0 ? 0.9 : 1.06)];
  for (let index = 0; index < lines; index += 1) {
    const t = index / (lines - 1);
    const y = mix(top, bottom, t);
    const points: number[] = [];
    for (let x = margin; x <= width - margin + 1e-6; x += 0.004) {
      const away = (x - middle - 0.1 * noise.at(t * 3, 4.4)) / spread;
      const swell = 1 / (1 + away * away * away * away * 3.5 + away * away);
      const shape = noise.crest(x * 3.1 + index * 0.045, index * 0.17, 3) * 0.9 + 0.25 * noise.at(x * 17, index * 0.9);
      const edge = margin > 0 ? smoothstep(margin, margin + 0.12, x) * (1 - smoothstep(width - margin - 0.12, width - margin, x)) : 1;
      points.push(x, y - peak * swell * edge * Math.max(0, shape) - 0.004 * noise.at(x * 9, index));
    }
    const first = points[0] as number;
    const hue = palette.accents[Math.floor(t * palette.accents.length * 0.999)] ?? line;
    const fill = blend(ground, hue, dark ? 0.16 : 0.14);
    canvas.fill(
      polygon([...points, width - margin, y + 0.05, first, y + 0.05]),
      linearGradient([blend(fill, hue, 0.5), fill, { color: fill, opacity: 0 }], [0, y - peak], [0, y + 0.045], { grain: 0.25 }),
    );
    canvas.fill(stroke(points, 0.0032), solid(blend(line, hue, dark ? 0.3 : 0.25)));
  }
}

/** Bands of earth of unlike thickness, with fine lines in some. */
function drawStrata({ canvas, palette, random, theme, noise, width, height }: Scene): void {
  canvas.fillAll(linearGradient([palette.sky[1], palette.sky[2]], [0, 0], [0, height * 0.4], { grain: 0.12 }));
  const [sx, radius] = [width * random.between(0.25, 0.75), random.between(0.1, 0.17)];
  canvas.fill(
    circle(sx, height * 0.2, radius),
    linearGradient(
      [palette.light, blend(palette.light, palette.accents[0] ?? palette.light, 0.5)],
      [0, height * 0.2 - radius],
      [0, height * 0.2 + radius],
      { grain: 0.3 },
    ),
  );
  const colors = [...palette.accents, palette.far, palette.near, palette.paper];
  const tilt = theme.between(-0.16, 0.16);
  let y = height * random.between(0.28, 0.36);
  let previous: Rgb | undefined;
  for (let band = 0; y < height + 0.3; band += 1) {
    const thick = random.pick([0.03, 0.05, 0.08, 0.12, 0.16]);
    const choices = colors.filter((color) => color !== previous);
    const color = random.pick(choices);
    previous = color;
    const edge = (x: number, offset: number): number =>
      y +
      offset +
      tilt * (x - width / 2) +
      0.11 * noise.fractal(x * 1.3 + 3, band * 0.16 + offset * 2, 2) +
      0.006 * noise.at(x * 14, band * 3);
    const points: number[] = [];
    for (let x = -0.02; x <= width + 0.02; x += 0.005) points.push(x, edge(x, 0));
    canvas.fill(
      polygon([...points, width + 0.02, height + 1, -0.02, height + 1]),
      linearGradient([color, blend(color, palette.near, 0.25)], [0, y - 0.02], [0, y + thick + 0.05], { grain: 0.55 }),
    );
    const lines = random.chance(0.5) ? Math.floor(thick / 0.013) : 0;
    for (let line = 1; line < lines; line += 1) {
      const inner: number[] = [];
      for (let x = -0.02; x <= width + 0.02; x += 0.01) inner.push(x, edge(x, (line / lines) * thick));
      canvas.fill(stroke(inner, 0.0026), solid(blend(color, palette.paper, 0.55), { opacity: 0.75 }));
    }
    y += thick;
  }
}
