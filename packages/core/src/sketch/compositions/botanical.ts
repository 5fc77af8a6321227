import type { Rgb } from "../color.ts";
import { adjust, blend } from "../color.ts";
import { mix, turn } from "../exact-math.ts";
import { linearGradient, solid } from "../paint.ts";
import { circle, Path, rectangle, sector } from "../path.ts";
import type { Scene } from "../scene.ts";
import type { Plant, PlantKind } from "./plants.ts";
import { drawPlant, plantKinds } from "./plants.ts";

/** Plants: a meadow, a vase, or a sheet of specimens. */
export function drawBotanical(scene: Scene): void {
  const { theme, has } = scene;
  const kind = theme.next();
  if (has("vintage", "paper", "geometric")) drawSpecimens(scene);
  else if (has("field", "garden", "wild", "forest") || kind < 0.42) drawMeadow(scene);
  else if (kind < 0.74) drawVase(scene);
  else drawSpecimens(scene);
}

/** The kinds that a prompt grows, and their colours. */
function grower({ palette, theme, has }: Scene): (scene: Scene, place: Pick<Plant, "x" | "y" | "lean" | "tall">, fade?: number) => Plant {
  const leafy = has("leaf", "forest") && !has("flower");
  const kinds =
    has("autumn") && !has("flower")
      ? (["wheat", "sprig", "fern"] as const)
      : leafy
        ? (["fern", "sprig", "sprig", "wheat"] as const)
        : plantKinds;
  const chosen: PlantKind[] = theme.shuffled(kinds).slice(0, 4);
  const named = plantKinds.filter((kind) => has(kind));
  // What the words name grows thickest.
  if (named.length > 0) chosen.splice(0, 4, ...named, ...named, ...named, chosen[0] ?? "sprig");
  const greens = theme.chance(0.75) && !has("mono");
  const leaf = greens ? greenOf(palette.near, palette.dark) : blend(palette.near, palette.far, 0.3);
  // Green flowers would be lost among the leaves.
  const petals = palette.accents.filter(([r, g, b]) => g < Math.max(r, b) + 0.02);
  return (scene, place, fade = 0) => {
    const { random } = scene;
    const haze = (color: Rgb): Rgb => (fade > 0 ? blend(color, palette.dark ? palette.sky[1] : palette.sky[2], fade) : color);
    // A palette that the words named (it has no cues of its own) shows in the flowers above all.
    const flower =
      palette.cues.length === 0 && random.chance(0.7)
        ? (palette.accents[0] ?? palette.ink)
        : random.pick(petals.length > 0 ? petals : palette.accents);
    const heart = blend(palette.light, palette.accents[1] ?? palette.light, 0.35);
    const green = adjust(blend(leaf, random.pick(palette.accents), 0.1), random.between(-0.05, 0.06));
    return { ...place, kind: random.pick(chosen), leaf: haze(green), flower: haze(flower), heart: haze(heart) };
  };
}

/** The palette's dark tone, pulled towards leaf green. */
const greenOf = (near: Rgb, dark: boolean): Rgb =>
  blend(adjust(near, dark ? 0.2 : 0.12, 0.8), dark ? [0.2, 0.45, 0.4] : [0.33, 0.5, 0.3], 0.7);

function drawMeadow(scene: Scene): void {
  const { canvas, palette, random, theme, width, height } = scene;
  canvas.fillAll(
    linearGradient(palette.dark ? palette.sky : [palette.sky[1], palette.sky[2], palette.paper], [0, 0], [0, height], { grain: 0.14 }),
  );
  if (theme.chance(0.6)) {
    const [x, y, radius] = [width * random.between(0.25, 0.75), height * random.between(0.2, 0.34), random.between(0.12, 0.2)];
    canvas.glow(x, y, radius * 3, palette.light, 0.4);
    canvas.fill(
      circle(x, y, radius),
      linearGradient([palette.light, blend(palette.light, palette.accents[0] ?? palette.light, 0.45)], [x, y - radius], [x, y + radius], {
        grain: 0.3,
      }),
    );
  }
  const grow = grower(scene);
  for (let row = 0; row < 4; row += 1) {
    const near = row / 3;
    const count = Math.round(mix(17, 9, near) * width);
    for (let index = 0; index < count; index += 1) {
      const x = ((index + random.between(0.1, 0.9)) / count) * (width + 0.1) - 0.05;
      const y = height + mix(-0.06, 0.1, near);
      const tall = Math.min(1.25, height) * mix(0.5, 0.66, near) * random.between(0.5, 1);
      drawPlant(scene, grow(scene, { x, y, lean: random.between(-0.09, 0.09), tall }, mix(0.62, 0, near)));
    }
    drawGrass(scene, near);
  }
}

/** Blades along the lower edge. */
function drawGrass({ canvas, palette, random, width, height }: Scene, near: number): void {
  const base = greenOf(palette.near, palette.dark);
  const haze = palette.dark ? palette.sky[1] : palette.sky[2];
  const tones = [-0.06, -0.02, 0.03, 0.07].map((lighter) => solid(blend(adjust(base, lighter), haze, mix(0.5, 0, near))));
  for (let blade = 0; blade < 110 * width; blade += 1) {
    const [x, y] = [random.between(-0.03, width + 0.03), height + 0.02];
    const [tall, lean, wide] = [
      mix(0.13, 0.17, near) * random.between(0.35, 1.2),
      random.between(-0.06, 0.06),
      random.between(0.003, 0.007),
    ];
    const path = new Path().move(x - wide, y).quadratic(x - wide * 0.5, y - tall * 0.6, x + lean, y - tall, 7);
    canvas.fill(path.quadratic(x + wide, y - tall * 0.5, x + wide, y, 7), random.pick(tones));
  }
}

function drawVase(scene: Scene): void {
  const { canvas, palette, random, theme, width, height } = scene;
  const wall = palette.dark ? palette.sky[0] : palette.paper;
  const back = palette.dark ? palette.sky[1] : palette.sky[2];
  canvas.fillAll(linearGradient([wall, blend(wall, back, 0.5)], [0, 0], [0, height], { grain: 0.15 }));
  const [cx, tableY] = [width / 2 + random.between(-0.04, 0.04), height - random.between(0.15, 0.2)];
  const halo = theme.chance(0.6);
  const disc = blend(palette.accents[0] ?? back, wall, 0.35);
  const reach = Math.min(1.1, height);
  if (halo)
    canvas.fill(
      circle(cx + random.between(-0.1, 0.1), tableY - reach * 0.46, 0.33),
      linearGradient([disc, blend(disc, wall, 0.45)], [cx, tableY - reach * 0.8], [cx, tableY], { grain: 0.5 }),
    );
  else
    canvas.fill(
      new Path()
        .arc(cx, tableY - reach * 0.36, 0.34, turn / 2, turn)
        .line(cx + 0.34, tableY)
        .line(cx - 0.34, tableY),
      linearGradient([disc, blend(disc, wall, 0.4)], [0, tableY - reach * 0.7], [0, tableY], { grain: 0.5 }),
    );
  const table = palette.accents[2] ?? palette.far;
  canvas.fill(
    rectangle(-0.1, tableY, width + 0.2, height),
    linearGradient([table, adjust(table, -0.07)], [0, tableY], [0, height], { grain: 0.45 }),
  );
  const vaseTall = reach * random.between(0.24, 0.3);
  const mouth = tableY + 0.045 - vaseTall;
  const grow = grower(scene);
  const stems = random.whole(9, 13);
  for (const index of random.shuffled(Array.from({ length: stems }, (_, stem) => stem))) {
    const aside = (index / (stems - 1)) * 2 - 1;
    const tall = reach * mix(0.47, 0.3, Math.abs(aside)) * random.between(0.8, 1.08);
    drawPlant(scene, grow(scene, { x: cx + aside * 0.028, y: mouth + 0.05, lean: aside * random.between(0.2, 0.33), tall }));
  }
  const [belly, neck, foot] = [random.between(0.1, 0.15), random.between(0.045, 0.06), 0.065];
  const bottom = tableY + 0.045;
  const vase = new Path()
    .move(cx - neck, mouth)
    .cubic(cx - neck, mouth + vaseTall * 0.3, cx - belly * 1.3, mouth + vaseTall * 0.45, cx - foot, bottom)
    .line(cx + foot, bottom);
  vase.cubic(cx + belly * 1.3, mouth + vaseTall * 0.45, cx + neck, mouth + vaseTall * 0.3, cx + neck, mouth);
  const glaze = random.pick([palette.accents[1], palette.accents[3], palette.near]) ?? palette.near;
  canvas.fill(sector(cx + 0.05, bottom, 0, 0.12, 0, turn / 2), solid(adjust(table, -0.1), { opacity: 0.4 }));
  canvas.fill(
    vase,
    linearGradient([blend(glaze, palette.light, 0.35), glaze, adjust(glaze, -0.13)], [cx - belly, mouth], [cx + belly, bottom], {
      grain: 0.5,
    }),
  );
}

/** Plants in a grid of cards, like plates of a herbarium. */
function drawSpecimens(scene: Scene): void {
  const { canvas, palette, random, theme, width, height } = scene;
  const ground = palette.dark ? palette.sky[0] : palette.paper;
  canvas.fillAll(solid(ground));
  const single = theme.chance(0.25);
  const rough = single ? 1 : theme.pick([0.5, 0.34]);
  const margin = 0.05;
  const across = Math.max(1, Math.round((width - 2 * margin) / (rough * 0.9)));
  const size = (width - 2 * margin) / across;
  const down = Math.max(1, Math.round((height - 2 * margin) / (size * 1.2)));
  const tall = (height - 2 * margin) / down;
  const grow = grower(scene);
  const grounds = [
    palette.sky[1],
    palette.sky[2],
    blend(ground, palette.accents[1] ?? ground, 0.35),
    blend(ground, palette.accents[2] ?? ground, 0.3),
    palette.far,
  ];
  const gap = 0.011;
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const [x, y] = [margin + column * size, margin + row * tall];
      const card = grounds[(row * 2 + column + random.whole(0, 1)) % grounds.length] as Rgb;
      canvas.fill(
        rectangle(x + gap, y + gap, size - 2 * gap, tall - 2 * gap),
        linearGradient([card, adjust(card, -0.04)], [x, y], [x, y + tall], { grain: 0.5 }),
      );
      const reach = Math.min(tall * 0.72, size * 1.05);
      const disc = Math.min(size, tall) * 0.27;
      canvas.fill(circle(x + size / 2, y + tall * 0.42, disc), solid(blend(card, palette.light, 0.5), { opacity: 0.7 }));
      const foot = y + tall / 2 + reach * 0.52;
      const stems = random.whole(2, 3);
      for (let stem = 0; stem < stems; stem += 1) {
        const aside = stems === 1 ? 0 : stem / (stems - 1) - 0.5;
        drawPlant(
          scene,
          grow(scene, {
            x: x + size / 2 + aside * size * 0.08,
            y: foot,
            lean: aside * size * 0.5 + random.between(-0.03, 0.03) * size,
            tall: reach * (stem === 1 || stems === 1 ? 1 : 0.8) * random.between(0.88, 1),
          }),
        );
      }
    }
  }
}
