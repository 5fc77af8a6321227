import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { cos, mix, sin, turn } from "../exact-math.ts";
import { linearGradient, radialGradient, solid } from "../paint.ts";
import { circle, rectangle, sector } from "../path.ts";
import type { Scene } from "../scene.ts";

type Disc = { x: number; y: number; radius: number };

/** Circles: packed, in orbit around a centre, as targets in a grid, or overprinted in large. */
export function drawCircles(scene: Scene): void {
  const { canvas, palette, theme, has, height } = scene;
  const ground = groundOf(scene);
  canvas.fillAll(linearGradient([ground, blend(ground, palette.sky[1], 0.16)], [0, 0], [0, height], { grain: 0.15 }));
  const kind = theme.next();
  if (has("space", "star", "moon")) drawOrbits(scene, ground);
  else if (has("minimal", "calm")) drawOverprint(scene);
  else if (kind < 0.34) drawPacking(scene, ground);
  else if (kind < 0.56) drawOrbits(scene, ground);
  else if (kind < 0.78) drawTargets(scene);
  else drawOverprint(scene);
}

function groundOf({ palette, theme, has }: Scene): Rgb {
  if (palette.dark) return palette.sky[0];
  return has("joyful", "calm") || theme.chance(0.72) ? palette.paper : palette.near;
}

/** Discs of falling size, wherever there is room. */
function drawPacking(scene: Scene, ground: Rgb): void {
  const { canvas, random, theme, width, height } = scene;
  const margin = theme.chance(0.6) ? 0.07 : -0.15;
  const gap = theme.between(0.004, 0.011);
  const discs: Disc[] = [];
  const largest = theme.between(0.13, 0.22);
  const frame = random.between(1.1, 1.6);
  for (let attempt = 0; attempt < 5200 * Math.min(3, width * height); attempt += 1) {
    const [x, y] = [random.between(margin, width - margin), random.between(margin, height - margin)];
    let room = Math.min(largest * (attempt < 400 ? 1 : 0.5 * frame), x - margin, y - margin, width - margin - x, height - margin - y);
    for (const disc of discs) {
      const [dx, dy] = [disc.x - x, disc.y - y];
      if (Math.abs(dx) > room + disc.radius + gap || Math.abs(dy) > room + disc.radius + gap) continue;
      room = Math.min(room, Math.sqrt(dx * dx + dy * dy) - disc.radius - gap);
      if (room < 0.006) break;
    }
    if (room >= (attempt < 300 ? 0.05 : 0.006)) discs.push({ x, y, radius: room });
  }
  for (const disc of discs) {
    if (disc.radius < 0.012) canvas.fill(circle(disc.x, disc.y, disc.radius), solid(colorOn(scene, ground)));
    else drawOrnament(scene, disc, ground);
  }
}

/** A colour that stands out from the ground. */
function colorOn({ palette, random }: Scene, ground: Rgb): Rgb {
  const choices = [...palette.accents, palette.ink, palette.light].filter(
    (color) => Math.abs(color[0] - ground[0]) + Math.abs(color[1] - ground[1]) + Math.abs(color[2] - ground[2]) > 0.35,
  );
  return random.pick(choices.length > 0 ? choices : palette.accents);
}

/** One disc in one of several manners. */
function drawOrnament(scene: Scene, { x, y, radius }: Disc, ground: Rgb): void {
  const { canvas, random, palette } = scene;
  const color = colorOn(scene, ground);
  const other = colorOn(scene, color);
  const quarter = (random.whole(0, 3) * turn) / 4;
  const manner = random.next();
  const ball = linearGradient(
    [blend(color, palette.light, 0.25), color, adjust(color, -0.1)],
    [x - radius * 0.7, y - radius],
    [x + radius * 0.7, y + radius],
    { grain: 0.5 },
  );
  if (manner < 0.32) canvas.fill(circle(x, y, radius), ball);
  else if (manner < 0.56) {
    const rings = Math.max(2, Math.min(6, Math.round(radius / 0.016)));
    for (let ring = 0; ring < rings; ring += 1) {
      const outer = radius * (1 - ring / rings);
      canvas.fill(circle(x, y, outer), solid(ring % 2 === 0 ? color : other));
    }
  } else if (manner < 0.72) {
    canvas.fill(circle(x, y, radius), solid(color));
    canvas.fill(sector(x, y, 0, radius, quarter, quarter + turn / 2), solid(other));
  } else if (manner < 0.86) {
    const petals = random.whole(4, 8) * 2;
    canvas.fill(circle(x, y, radius), solid(other));
    for (let petal = 0; petal < petals; petal += 2)
      canvas.fill(sector(x, y, 0, radius, quarter + (petal / petals) * turn, quarter + ((petal + 1) / petals) * turn), solid(color));
    canvas.fill(circle(x, y, radius * 0.3), solid(ground));
  } else {
    const rings = Math.max(2, Math.min(9, Math.round(radius / 0.011)));
    for (let ring = 0; ring < rings; ring += 1) {
      const outer = radius * (1 - ring / rings);
      canvas.fill(sector(x, y, outer - (radius / rings) * 0.45, outer), solid(color));
    }
  }
}

/** Arcs and planets around one centre. */
function drawOrbits(scene: Scene, ground: Rgb): void {
  const { canvas, palette, random, width, height } = scene;
  const [cx, cy] = [width * random.between(0.36, 0.64), height * random.between(0.36, 0.64)];
  const far = Math.sqrt(width * width + height * height) * 0.62;
  if (palette.dark) {
    for (let star = 0; star < 130 * width * height; star += 1)
      canvas.fill(
        circle(random.next() * width, random.next() * height, random.between(0.0007, 0.0022)),
        solid(palette.light, { opacity: random.between(0.3, 0.9) }),
      );
    canvas.glow(cx, cy, 0.7, palette.sky[2], 0.55);
  }
  let radius = random.between(0.085, 0.13);
  const core = palette.dark ? palette.light : (palette.accents[0] ?? palette.ink);
  canvas.fill(
    circle(cx, cy, radius),
    radialGradient([blend(core, palette.light, 0.5), core, adjust(core, -0.12)], [cx - radius * 0.3, cy - radius * 0.35], radius * 1.5, {
      grain: 0.4,
    }),
  );
  radius += random.between(0.02, 0.035);
  while (radius < far) {
    const thick = random.pick([0.0025, 0.0025, 0.005, 0.012, 0.026, 0.045]);
    const color = colorOn(scene, ground);
    const start = random.next() * turn;
    if (thick < 0.004) canvas.fill(sector(cx, cy, radius, radius + thick), solid(color, { opacity: 0.75 }));
    else {
      const pieces = random.whole(1, 4);
      for (let piece = 0; piece < pieces; piece += 1) {
        const from = start + (piece / pieces) * turn;
        const to = from + (turn / pieces) * random.between(0.3, 0.86);
        canvas.fill(
          sector(cx, cy, radius, radius + thick, from, to),
          radialGradient([colorOn(scene, ground), color], [cx + cos(from) * radius, cy + sin(from) * radius], radius * 1.6, {
            grain: 0.35,
          }),
        );
      }
    }
    if (random.chance(0.42)) {
      const [angle, size] = [random.next() * turn, random.between(0.01, 0.034)];
      const [px, py] = [cx + cos(angle) * (radius + thick / 2), cy + sin(angle) * (radius + thick / 2)];
      canvas.fill(circle(px, py, size * 1.35), solid(ground));
      const planet = colorOn(scene, ground);
      canvas.fill(
        circle(px, py, size),
        linearGradient(
          [blend(planet, palette.light, 0.4), planet, adjust(planet, -0.12)],
          [px - size * 0.6, py - size],
          [px + size * 0.7, py + size],
          { grain: 0.4 },
        ),
      );
    }
    radius += thick + random.between(0.011, 0.03);
  }
}

/** A grid of squares with rings of changing colour, each a little off centre. */
function drawTargets(scene: Scene): void {
  const { canvas, palette, random, theme, width, height } = scene;
  const margin = 0.06;
  const across = Math.max(2, Math.round(theme.whole(3, 5) * Math.min(2, width)));
  const size = (width - 2 * margin) / across;
  const down = Math.max(1, Math.floor((height - 2 * margin) / size + 0.02));
  const top = (height - down * size) / 2;
  const colors = [...palette.accents, palette.light, palette.ink, palette.far];
  const pad = size * 0.035;
  for (let row = 0; row < down; row += 1)
    for (let column = 0; column < across; column += 1) {
      const [x, y] = [margin + column * size, top + row * size];
      const order = random.shuffled(colors);
      const color = (index: number): Rgb => order[index % order.length] as Rgb;
      canvas.fill(
        rectangle(x + pad, y + pad, size - 2 * pad, size - 2 * pad),
        linearGradient([color(0), adjust(color(0), -0.05)], [x, y], [x + size, y + size], { grain: 0.5 }),
      );
      const rings = random.whole(3, 5);
      const [dx, dy] = [random.between(-0.02, 0.02) * size, random.between(-0.02, 0.02) * size];
      for (let ring = 0; ring < rings; ring += 1) {
        const radius = (size / 2 - pad) * (0.94 - (ring / rings) * random.between(0.84, 0.96));
        const [ox, oy] = [x + size / 2 + dx * ring, y + size / 2 + dy * ring];
        canvas.fill(
          circle(ox, oy, radius),
          linearGradient([color(ring + 1), adjust(color(ring + 1), -0.06)], [ox, oy - radius], [ox, oy + radius], { grain: 0.5 }),
        );
      }
    }
}

/** A few large discs, printed over one another with inks that let each other through. */
function drawOverprint(scene: Scene): void {
  const { canvas, palette, random, width, height, has } = scene;
  const count = has("minimal") ? 3 : Math.round(random.whole(6, 9) * Math.max(1, width * height * 0.8));
  // Inks let the ground through, so they need it light; at night they are lights instead.
  if (!palette.dark)
    canvas.fillAll(linearGradient([palette.paper, blend(palette.paper, palette.sky[2], 0.3)], [0, 0], [0, height], { grain: 0.15 }));
  const inks = random.shuffled(palette.accents.map((ink) => (palette.dark ? adjust(ink, 0.06) : ink)));
  for (let index = 0; index < count; index += 1) {
    const t = (index + 0.5) / count;
    const radius = random.between(0.12, has("minimal") ? 0.34 : 0.29);
    const along =
      width >= height
        ? [mix(0.14, width - 0.14, t), height * random.between(0.25, 0.75)]
        : [width * random.between(0.25, 0.75), mix(0.14, height - 0.14, t)];
    const [x, y] = along as [number, number];
    const ink = inks[index % inks.length] as Rgb;
    const fade = [
      { color: ink, opacity: 0.95 },
      { color: ink, opacity: random.between(0.35, 0.8) },
    ];
    const angle = random.next() * turn;
    const [dx, dy] = [cos(angle) * radius, sin(angle) * radius];
    const blending = palette.dark ? "screen" : "multiply";
    const shape = random.chance(0.22)
      ? sector(x, y, radius * 0.55, radius)
      : random.chance(0.25)
        ? sector(x, y, 0, radius, angle, angle + turn / 2)
        : circle(x, y, radius);
    canvas.fill(shape, linearGradient(fade, [x - dx, y - dy], [x + dx, y + dy], { grain: 0.75, blending }));
  }
  for (let dot = 0; dot < 3; dot += 1) {
    const [x, y, radius] = [width * random.between(0.12, 0.88), height * random.between(0.12, 0.88), random.between(0.012, 0.03)];
    canvas.fill(circle(x, y, radius), solid(palette.dark ? palette.light : palette.ink));
  }
}
