import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { cos, mix, sin, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, Path, stroke } from "../path.ts";
import type { Scene } from "../scene.ts";

export const plantKinds = ["tulip", "daisy", "poppy", "fern", "sprig", "wheat", "lavender"] as const;
export type PlantKind = (typeof plantKinds)[number];

/** A plant from its foot: where its tip is, how large its flower, and in what colours. */
export type Plant = { kind: PlantKind; x: number; y: number; lean: number; tall: number; leaf: Rgb; flower: Rgb; heart: Rgb };

type Point = { x: number; y: number; angle: number };

/** A point of the stem, `t` from foot (0) to tip (1), and the way it grows there. */
function along({ x, y, lean, tall }: Plant, t: number): Point {
  const [dx, dy] = [2 * t * lean, -tall];
  const length = Math.sqrt(dx * dx + dy * dy);
  return { x: x + lean * t * t, y: y - tall * t, angle: Math.abs(dx) < 1e-9 ? -turn / 4 : -turn / 4 + dx / length };
}

export function drawPlant(scene: Scene, plant: Plant): void {
  const { canvas, random } = scene;
  const points: number[] = [];
  for (let piece = 0; piece <= 16; piece += 1) {
    const { x, y } = along(plant, piece / 16);
    points.push(x, y);
  }
  const thick = plant.tall * 0.014 + 0.002;
  const stem = (t: number): number => thick * mix(1.25, 0.6, t);
  const bare = plant.kind === "fern" || plant.kind === "sprig" || plant.kind === "wheat";
  canvas.fill(stroke(points, stem), solid(adjust(plant.leaf, -0.05)));
  const tip = along(plant, 1);
  const size = Math.min(plant.tall * random.between(0.115, 0.145) + 0.018, plant.tall * 0.24);
  if (plant.kind === "tulip")
    for (const side of [-1, 1] as const)
      drawLeaf(
        scene,
        along(plant, random.between(0.02, 0.14)),
        side * random.between(0.22, 0.4),
        plant.tall * random.between(0.45, 0.62),
        0.11,
        plant.leaf,
      );
  else if (!bare) drawStemLeaves(scene, plant, random.whole(2, 5), plant.tall * 0.2, 0.3);
  if (plant.kind === "tulip") drawTulip(scene, tip, size * 1.15, plant);
  else if (plant.kind === "daisy") drawRays(scene, tip, size, plant);
  else if (plant.kind === "poppy") drawPoppy(scene, tip, size, plant);
  else if (plant.kind === "fern") drawStemLeaves(scene, plant, 13, plant.tall * 0.27, 0.2, true);
  else if (plant.kind === "sprig") drawStemLeaves(scene, plant, 7, plant.tall * 0.19, 0.52, true);
  else if (plant.kind === "wheat") drawEar(scene, plant);
  else drawBells(scene, plant, size);
}

/** A leaf in two tones, from its foot in a direction relative to the stem's. */
function drawLeaf({ canvas }: Scene, { x, y, angle }: Point, turned: number, length: number, plump: number, color: Rgb): void {
  const direction = angle + turned;
  const [ux, uy] = [cos(direction), sin(direction)];
  const at = (forward: number, aside: number): [number, number] => [
    x + (ux * forward - uy * aside) * length,
    y + (uy * forward + ux * aside) * length,
  ];
  const half = (side: 1 | -1): Path => {
    const droop = turned * 0.12;
    return new Path()
      .move(x, y)
      .cubic(...at(0.25, side * plump * 1.15), ...at(0.7, side * plump + droop), ...at(1, droop))
      .quadratic(...at(0.55, droop * 0.2), x, y);
  };
  canvas.fill(half(1), solid(adjust(color, 0.035)));
  canvas.fill(half(-1), linearGradient([adjust(color, -0.07), color], [x, y], at(1, 0), { grain: 0.5 }));
}

function drawStemLeaves(scene: Scene, plant: Plant, pairs: number, length: number, plump: number, opposite = false): void {
  const { random } = scene;
  for (let pair = 0; pair < pairs; pair += 1) {
    const t = opposite ? mix(0.14, 0.97, pair / Math.max(1, pairs - 1)) : mix(0.15, 0.72, (pair + random.next() * 0.5) / pairs);
    const shrink = opposite ? mix(1.05, 0.3, t) * (t < 0.3 ? mix(0.6, 1, t / 0.3) : 1) : mix(1.1, 0.6, t);
    for (const side of opposite ? ([-1, 1] as const) : ([pair % 2 === 0 ? 1 : -1] as const))
      drawLeaf(
        scene,
        along(plant, t),
        side * random.between(0.75, 1.05),
        length * shrink * random.between(0.9, 1.1),
        plump,
        adjust(plant.leaf, random.between(-0.03, 0.03)),
      );
  }
  if (opposite) drawLeaf(scene, along(plant, 0.98), 0, length * 0.34, plump, plant.leaf);
}

function drawTulip({ canvas }: Scene, { x, y, angle }: Point, size: number, { flower, heart }: Plant): void {
  const [ux, uy] = [cos(angle), sin(angle)];
  const at = (forward: number, aside: number): [number, number] => [
    x + (ux * forward - uy * aside) * size,
    y + (uy * forward + ux * aside) * size,
  ];
  const petal = (aside: number, wide: number, tall: number, color: Rgb) => {
    const path = new Path()
      .move(...at(-0.15, 0))
      .cubic(...at(-0.1, aside - wide * 1.3), ...at(tall * 0.7, aside - wide), ...at(tall, aside * 1.35));
    canvas.fill(
      path.cubic(...at(tall * 0.7, aside + wide), ...at(-0.1, aside + wide * 1.3), ...at(-0.15, 0)),
      linearGradient([adjust(color, -0.09), color, blend(color, heart, 0.3)], at(-0.2, 0), at(tall, 0), { grain: 0.4 }),
    );
  };
  petal(0, 0.42, 1.5, adjust(flower, -0.08));
  petal(-0.4, 0.36, 1.55, flower);
  petal(0.4, 0.36, 1.55, adjust(flower, -0.03));
  petal(0, 0.4, 1.25, adjust(flower, 0.035));
}

function drawRays(scene: Scene, { x, y }: Point, size: number, { flower, heart }: Plant): void {
  const { canvas, random } = scene;
  const petals = random.whole(9, 15);
  const start = random.next() * turn;
  for (let petal = 0; petal < petals; petal += 1)
    drawLeaf(
      scene,
      { x, y, angle: start + (petal / petals) * turn },
      0,
      size * random.between(0.94, 1.08),
      0.2,
      petal % 2 === 0 ? flower : adjust(flower, -0.045),
    );
  canvas.fill(
    circle(x, y, size * 0.31),
    linearGradient([blend(heart, flower, 0.12), adjust(heart, -0.1)], [x, y - size * 0.3], [x, y + size * 0.3], { grain: 0.7 }),
  );
}

function drawPoppy({ canvas, random, palette }: Scene, { x, y }: Point, size: number, { flower, heart }: Plant): void {
  const start = random.next() * turn;
  for (let petal = 0; petal < 5; petal += 1) {
    const angle = start + (petal / 5) * turn;
    const [px, py, radius] = [x + cos(angle) * size * 0.46, y + sin(angle) * size * 0.42, size * random.between(0.52, 0.62)];
    canvas.fill(
      circle(px, py, radius),
      linearGradient([adjust(flower, -0.12), flower, adjust(flower, 0.045)], [x, y], [px + cos(angle) * radius, py + sin(angle) * radius], {
        grain: 0.4,
      }),
    );
  }
  const seed = palette.dark ? palette.near : palette.ink;
  canvas.fill(circle(x, y, size * 0.22), solid(seed));
  for (let dot = 0; dot < 11; dot += 1)
    canvas.fill(
      circle(x + cos((dot / 11) * turn) * size * 0.32, y + sin((dot / 11) * turn) * size * 0.32, size * 0.035),
      solid(dot % 2 === 0 ? seed : heart),
    );
}

function drawEar(scene: Scene, plant: Plant): void {
  for (let grain = 0; grain < 16; grain += 1) {
    const point = along(plant, mix(0.62, 1, grain / 15));
    drawLeaf(scene, point, (grain % 2 === 0 ? 1 : -1) * 0.5, plant.tall * 0.075, 0.3, blend(plant.flower, plant.heart, (grain % 3) * 0.15));
  }
  drawStemLeaves(scene, plant, 2, plant.tall * 0.3, 0.1);
}

/** Small round flowers up the stem, as of foxglove or lavender. */
function drawBells({ canvas, random }: Scene, plant: Plant, size: number): void {
  for (let bell = 0; bell < 15; bell += 1) {
    const t = mix(0.5, 1.02, bell / 14);
    const { x, y } = along(plant, t);
    const radius = size * mix(0.36, 0.13, bell / 14);
    const aside = (bell % 3) - 1;
    const color = adjust(blend(plant.flower, plant.heart, random.between(0, 0.25)), random.between(-0.04, 0.04));
    canvas.fill(
      circle(x + aside * radius * 1.15, y, radius),
      linearGradient([adjust(color, 0.05), adjust(color, -0.08)], [x, y - radius], [x, y + radius], { grain: 0.5 }),
    );
  }
}
