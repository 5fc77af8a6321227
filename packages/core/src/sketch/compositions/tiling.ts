import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { cos, mix, sin, turn } from "../exact-math.ts";
import type { Paint } from "../paint.ts";
import { linearGradient, solid } from "../paint.ts";
import type { Path } from "../path.ts";
import { circle, polygon, rectangle, sector } from "../path.ts";
import type { Scene } from "../scene.ts";

type Cell = { x: number; y: number; size: number };

/** Tiles: printed blocks, woven arcs, stacked cubes, triangles that shift in tone, or hexagons. */
export function drawTiling(scene: Scene): void {
  const { canvas, palette, theme, has, width, height } = scene;
  const ground = palette.dark ? palette.sky[0] : palette.paper;
  canvas.fillAll(solid(ground));
  const kind = theme.next();
  if (has("retro", "joyful") || kind < 0.3) eachCell(scene, theme.whole(4, 6), (cell) => drawBlock(scene, cell, ground));
  else if (has("ceramic", "fabric") || kind < 0.52) drawWeave(scene, ground);
  else if (has("stone", "metal") || kind < 0.68) drawCubes(scene);
  else if (kind < 0.85) drawTriangles(scene, width, height);
  else drawHexagons(scene, ground);
}

/** Square cells inside an even margin, as many as fit. */
function eachCell({ width, height }: Scene, shortSide: number, draw: (cell: Cell, column: number, row: number) => void): void {
  const margin = 0.055;
  const rough = (1 - 2 * margin) / shortSide;
  const across = Math.max(1, Math.round((width - 2 * margin) / rough));
  const size = (width - 2 * margin) / across;
  const down = Math.max(1, Math.floor((height - 2 * margin) / size + 0.3));
  const top = (height - down * size) / 2;
  for (let row = 0; row < down; row += 1)
    for (let column = 0; column < across; column += 1) draw({ x: margin + column * size, y: top + row * size, size }, column, row);
}

const far = (a: Rgb, b: Rgb): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);

/** A printed square in the manner of the Bauhaus. */
function drawBlock({ canvas, palette, random }: Scene, { x, y, size }: Cell, ground: Rgb): void {
  const colors = random.shuffled([...palette.accents, palette.ink, palette.light, ground, palette.sky[1]]);
  const back = colors[0] as Rgb;
  const [front, third] = colors.filter((color) => far(color, back) > 0.35) as [Rgb?, Rgb?];
  const ink = front ?? palette.ink;
  const extra = third ?? palette.light;
  const print = (color: Rgb): Paint => linearGradient([color, adjust(color, -0.045)], [x, y], [x + size, y + size], { grain: 0.9 });
  const bleed = size * 0.003;
  canvas.fill(rectangle(x - bleed, y - bleed, size + 2 * bleed, size + 2 * bleed), print(back));
  const corner = random.whole(0, 3);
  const [cx, cy] = [x + (corner === 1 || corner === 2 ? size : 0), y + (corner >= 2 ? size : 0)];
  const from = (corner * turn) / 4;
  const [mx, my, half] = [x + size / 2, y + size / 2, size / 2];
  switch (random.whole(0, 8)) {
    case 0:
      canvas.fill(sector(cx, cy, 0, size, from, from + turn / 4), print(ink));
      break;
    case 1:
      canvas.fill(sector(cx, cy, 0, size, from, from + turn / 4), print(ink));
      canvas.fill(sector(cx, cy, 0, size * 0.5, from, from + turn / 4), print(extra));
      break;
    case 2:
      for (let ring = 4; ring > 0; ring -= 1)
        canvas.fill(sector(cx, cy, 0, (size * ring) / 4, from, from + turn / 4), print(ring % 2 === 0 ? ink : back));
      break;
    case 3:
      canvas.fill(circle(mx, my, half * 0.8), print(ink));
      canvas.fill(circle(mx, my, half * 0.34), print(extra));
      break;
    case 4: {
      const flat = corner % 2 === 0;
      for (let stripe = 0; stripe < 3; stripe += 1)
        canvas.fill(
          flat
            ? rectangle(x, y + (size * (2 * stripe + 1)) / 6, size, size / 6)
            : rectangle(x + (size * (2 * stripe + 1)) / 6, y, size / 6, size),
          print(ink),
        );
      break;
    }
    case 5:
      canvas.fill(sector(mx, y, 0, half, 0, turn / 2), print(ink));
      canvas.fill(sector(mx, y + half, 0, half, 0, turn / 2), print(extra));
      break;
    case 6:
      canvas.fill(polygon([x, y, x + size, y, corner % 2 === 0 ? x : x + size, y + size]), print(ink));
      break;
    case 7:
      for (let dot = 0; dot < 9; dot += 1)
        canvas.fill(circle(x + size * (0.2 + 0.3 * (dot % 3)), y + size * (0.2 + 0.3 * Math.floor(dot / 3)), size * 0.085), print(ink));
      break;
    default: {
      const reach = half;
      canvas.fill(sector(x, y, 0, reach, 0, turn / 4), print(ink));
      canvas.fill(sector(x + size, y, 0, reach, turn / 4, turn / 2), print(extra));
      canvas.fill(sector(x + size, y + size, 0, reach, turn / 2, (turn * 3) / 4), print(ink));
      canvas.fill(sector(x, y + size, 0, reach, (turn * 3) / 4, turn), print(extra));
      break;
    }
  }
}

/** Truchet's tiles: each has two bundles of arcs around opposite corners, so that the bundles join into long ribbons. */
function drawWeave(scene: Scene, ground: Rgb): void {
  const { canvas, palette, random, theme, noise } = scene;
  const stripes = theme.pick([1, 2, 3, 3]);
  const [first, second, third] = palette.accents.filter((color) => far(color, ground) > 0.3);
  const [ink, accent, extra] = [first ?? palette.ink, second ?? palette.light, third ?? palette.ink];
  eachCell(scene, theme.whole(6, 9), ({ x, y, size }) => {
    const tint = blend(ground, noise.at(x * 1.4, y * 1.4) > 0 ? extra : accent, 0.16);
    canvas.fill(rectangle(x - 0.001, y - 0.001, size + 0.002, size + 0.002), solid(tint));
    const flipped = random.chance(0.5);
    const ribbon = (cx: number, cy: number, from: number) => {
      const wide = size * 0.36;
      for (let stripe = 0; stripe < 2 * stripes - 1; stripe += 1) {
        const inset = (wide * stripe) / (2 * stripes - 1) / 1;
        const [inner, outer] = [size / 2 - wide / 2 + inset, size / 2 - wide / 2 + inset + wide / (2 * stripes - 1)];
        if (stripe % 2 === 0)
          canvas.fill(
            sector(cx, cy, inner, outer, from - 0.004, from + turn / 4 + 0.004),
            solid(blend(ink, accent, stripe === 2 ? 0.9 : 0)),
          );
      }
    };
    if (flipped) {
      ribbon(x, y, 0);
      ribbon(x + size, y + size, turn / 2);
    } else {
      ribbon(x + size, y, turn / 4);
      ribbon(x, y + size, (turn * 3) / 4);
    }
  });
}

/** Cubes seen from above a corner, each with three tones of one colour. */
function drawCubes({ canvas, palette, random, theme, noise, width, height }: Scene): void {
  const size = 1 / theme.whole(7, 11);
  const [half, tall] = [size * 0.8660254, size];
  for (let row = -1; row * tall * 1.5 < height + 2 * tall; row += 1) {
    for (let column = -1; column * 2 * half < width + 2 * half; column += 1) {
      const [x, y] = [column * 2 * half + (row % 2 === 0 ? 0 : half), row * tall * 1.5];
      const place = 0.5 + 0.75 * noise.fractal(x * 0.8, y * 0.8, 2) + random.between(-0.14, 0.14);
      const color =
        palette.accents[Math.max(0, Math.min(palette.accents.length - 1, Math.floor(place * palette.accents.length)))] ?? palette.ink;
      const [lit, dim] = [blend(color, palette.light, 0.45), blend(color, palette.near, 0.5)];
      const face = (points: number[], tone: Rgb, end: Rgb) =>
        canvas.fill(polygon(points), linearGradient([tone, end], [x, y - tall], [x, y + tall], { grain: 0.5 }));
      const e = 0.0006;
      face([x, y - tall - e, x + half + e, y - tall / 2, x, y + e, x - half - e, y - tall / 2], lit, blend(lit, color, 0.4));
      face(
        [x - half - e, y - tall / 2 - e, x + e, y - e, x + e, y + tall + e, x - half - e, y + tall / 2 + e],
        color,
        adjust(color, -0.05),
      );
      face([x + half + e, y - tall / 2 - e, x - e, y - e, x - e, y + tall + e, x + half + e, y + tall / 2 + e], dim, adjust(dim, -0.05));
      if (random.chance(0.12))
        canvas.fill(
          polygon([x, y - tall * 0.8, x + half * 0.6, y - tall / 2, x, y - tall * 0.2, x - half * 0.6, y - tall / 2]),
          solid(palette.light),
        );
    }
  }
}

/** Triangles whose colour drifts over the sheet. */
function drawTriangles({ canvas, palette, random, theme, noise }: Scene, width: number, height: number): void {
  const side = 1 / theme.whole(6, 10);
  const tall = side * 0.8660254;
  const ramp = theme.shuffled([...palette.accents, palette.sky[2], palette.sky[0]]);
  const rows = Math.ceil(height / tall) + 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = -1; column * (side / 2) < width + side; column += 1) {
      const up = (row + column) % 2 === 0;
      const [x, y] = [column * (side / 2), row * tall];
      const place =
        Math.max(0, Math.min(0.999, 0.5 + 0.62 * noise.fractal(x * 1.1, y * 1.1, 2) + random.between(-0.07, 0.07))) * (ramp.length - 1);
      const index = Math.floor(place);
      const color = adjust(
        blend(ramp[index] as Rgb, ramp[index + 1] as Rgb, place - index),
        (up ? 0.025 : -0.025) + random.between(-0.02, 0.02),
      );
      const e = 0.0007;
      const points = up
        ? [x - e, y + tall + e, x + side / 2, y - e, x + side + e, y + tall + e]
        : [x - e, y - e, x + side + e, y - e, x + side / 2, y + tall + e];
      canvas.fill(
        polygon(points),
        linearGradient([adjust(color, 0.03), adjust(color, -0.03)], [x, y], [x + side, y + tall], { grain: 0.6 }),
      );
    }
  }
}

/** Hexagons, some ringed, some cut into lozenges. */
function drawHexagons({ canvas, palette, random, theme, width, height }: Scene, ground: Rgb): void {
  const size = 1 / theme.whole(8, 12);
  const half = size * 0.8660254;
  const hexagon = (x: number, y: number, radius: number): Path =>
    polygon(
      Array.from({ length: 6 }, (_, corner) => [
        x + radius * cos((corner * turn) / 6 + turn / 12),
        y + radius * sin((corner * turn) / 6 + turn / 12),
      ]).flat(),
    );
  const colors = [...palette.accents, palette.ink, palette.sky[1]].filter((color) => far(color, ground) > 0.12);
  for (let row = 0; row * size * 1.5 < height + size * 2; row += 1) {
    for (let column = 0; column * 2 * half < width + 2 * half; column += 1) {
      const [x, y] = [column * 2 * half + (row % 2 === 0 ? 0 : half), row * size * 1.5];
      const color = random.pick(colors);
      const other = random.pick(colors);
      canvas.fill(
        hexagon(x, y, size * 0.95),
        linearGradient([color, adjust(color, -0.06)], [x - size, y - size], [x + size, y + size], { grain: 0.6 }),
      );
      const manner = random.next();
      if (manner < 0.35)
        for (const [index, share] of [0.66, 0.38].entries()) canvas.fill(hexagon(x, y, size * share), solid(index === 0 ? ground : other));
      else if (manner < 0.6)
        for (let lozenge = 0; lozenge < 3; lozenge += 1) {
          const at = (corner: number, radius = size * 0.95): number[] => [
            x + radius * cos(turn / 12 + (corner * turn) / 6),
            y + radius * sin(turn / 12 + (corner * turn) / 6),
          ];
          const c = lozenge * 2;
          canvas.fill(
            polygon([x, y, ...at(c), ...at(c + 1), ...at(c + 2)]),
            solid(blend(color, lozenge === 0 ? palette.light : palette.near, mix(0.1, 0.4, lozenge / 2))),
          );
        }
    }
  }
}
