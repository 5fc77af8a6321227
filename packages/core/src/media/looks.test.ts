import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { alikeWithin, distance } from "../library/index.ts";
import { sketchPng } from "../sketch/index.ts";
import { likenessOf, qualityOf } from "./looks.ts";
import { pixelsOf } from "./pixels.ts";

const prompts = [
  "a quiet harbour at dawn",
  "mountains under snow",
  "a forest in the mist",
  "a city at night",
  "waves",
  "an abstract pattern",
];
const side = 256;

/** What happens to pictures on their way through the world. */
const changes: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  "JPEG of quality 50": (picture) => picture.jpeg({ quality: 50 }),
  "WebP of quality 40": (picture) => picture.webp({ quality: 40 }),
  "half the size": (picture) => picture.resize({ width: side / 2 }).png(),
  "one and a half times the size": (picture) => picture.resize({ width: side * 1.5 }).png(),
  "another shape": (picture) => picture.resize({ width: side, height: Math.round(side * 0.8), fit: "fill" }).png(),
  brighter: (picture) => picture.modulate({ brightness: 1.15 }).png(),
  "more contrast": (picture) => picture.linear(1.15, -19).png(),
  grey: (picture) => picture.greyscale().png(),
  "two hundredths cut from each side": (picture) => picture.extract({ left: 5, top: 5, width: side - 10, height: side - 10 }).png(),
};

const smallOf = (file: Buffer) =>
  pixelsOf(sharp(file).resize({ width: 100, height: 100, fit: "inside", withoutEnlargement: true }).ensureAlpha().toColourspace("srgb"));
const hashOf = async (file: Buffer) => likenessOf(await smallOf(file));

describe("likeness, on pictures that the built-in renderer has drawn", () => {
  let pictures: Buffer[];
  let hashes: string[];
  beforeAll(async () => {
    const asked = prompts.flatMap((prompt) => [1, 2, 3].map((seed) => ({ prompt, seed: seed * 101, width: side, height: side })));
    pictures = [];
    for (const one of asked) pictures.push(Buffer.from(await sketchPng(one)));
    hashes = await Promise.all(pictures.map(hashOf));
  });

  test("finds at least 98 of 100 changed copies, and of what it finds at least 98 of 100 are copies", async () => {
    let [found, missed, wrong] = [0, 0, 0];
    const byChange: string[] = [];
    for (const [name, change] of Object.entries(changes)) {
      let [here, worst] = [0, 0];
      for (const [index, picture] of pictures.entries()) {
        const copy = await hashOf(await change(sharp(picture)).toBuffer());
        const own = distance(copy, hashes[index] ?? "");
        worst = Math.max(worst, own);
        if (own <= alikeWithin) here += 1;
        else missed += 1;
        wrong += hashes.filter((hash, other) => other !== index && distance(copy, hash) <= alikeWithin).length;
      }
      found += here;
      byChange.push(`${name}: ${here} of ${pictures.length}, worst ${worst}`);
    }
    const [recall, precision] = [found / (found + missed), found / (found + wrong)];
    console.log(`recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}; ${byChange.join("; ")}`);
    expect(recall).toBeGreaterThanOrEqual(0.98);
    expect(precision).toBeGreaterThanOrEqual(0.98);
  });

  test("is the same for the same picture, and 16 hex digits for the smallest and the plainest", async () => {
    expect(await hashOf(pictures[0] ?? Buffer.alloc(0))).toBe(hashes[0]);
    for (const [width, height] of [
      [16, 16],
      [17, 400],
    ] as const) {
      const plain = await sharp({ create: { width, height, channels: 3, background: "#888" } })
        .png()
        .toBuffer();
      expect(await hashOf(plain)).toMatch(/^[0-9a-f]{16}$/);
    }
  });
});

test("the distance of two hashes counts the bits that differ", () => {
  expect(distance("0000000000000000", "ffffffffffffffff")).toBe(64);
  expect(distance("8000000000000001", "0000000000000000")).toBe(2);
  expect(distance("0123456789abcdef", "0123456789abcdef")).toBe(0);
});

describe("quality", () => {
  const of = async (picture: Sharp) => {
    const file = await picture.png().toBuffer();
    return qualityOf(await pixelsOf(sharp(file)), await smallOf(file));
  };
  const picture = async () => sharp(Buffer.from(await sketchPng({ prompt: "a city at night", seed: 5, width: 400, height: 400 })));

  test("is between 0 and 1 in all its parts, and falls with each thing that is wrong", async () => {
    const sound = await of(await picture());
    for (const part of Object.values(sound)) expect(part >= 0 && part <= 1).toBe(true);
    const blurred = await of((await picture()).blur(4));
    expect(blurred.sharpness).toBeLessThan(sound.sharpness - 0.2);
    const burnt = await of((await picture()).linear(3, 60));
    expect(burnt.exposure).toBeLessThan(sound.exposure);
    const flat = await of((await picture()).linear(0.2, 100));
    expect(flat.contrast).toBeLessThan(sound.contrast);
    const tiny = await of((await picture()).resize(40));
    expect(tiny.resolution).toBeLessThan(sound.resolution);
    for (const worse of [blurred, burnt, flat]) expect(worse.score).toBeLessThan(sound.score);
  });
});
