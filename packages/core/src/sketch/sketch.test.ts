import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { digitalSourceTypeIn } from "../provenance/index.ts";
import type { SketchRequest } from "./index.ts";
import { sketch, sketchPng, sketchStyles } from "./index.ts";

const draw = (request: Partial<SketchRequest>): Uint8Array =>
  sketch({ prompt: "a quiet harbour", width: 96, height: 96, seed: 1, ...request }).pixels;

/** Mean absolute difference, in steps of a byte. */
function difference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

function deviation(pixels: Uint8Array): number {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  return Math.sqrt(pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length);
}

/** Mean of red, green and blue. */
function meanColor(pixels: Uint8Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let index = 0; index < pixels.length; index += 1) sums[(index % 3) as 0 | 1 | 2] += pixels[index] ?? 0;
  return sums.map((sum) => (sum * 3) / pixels.length) as [number, number, number];
}

/** Means over squares of `factor` × `factor` pixels. */
function shrink(pixels: Uint8Array, width: number, factor: number): Uint8Array {
  const [across, down] = [width / factor, pixels.length / 3 / width / factor];
  return Uint8Array.from({ length: across * down * 3 }, (_, index) => {
    const [column, row, part] = [Math.floor(index / 3) % across, Math.floor(index / 3 / across), index % 3];
    let sum = 0;
    for (let y = 0; y < factor; y += 1)
      for (let x = 0; x < factor; x += 1) sum += pixels[((row * factor + y) * width + column * factor + x) * 3 + part] ?? 0;
    return Math.round(sum / factor / factor);
  });
}

const digest = (pixels: Uint8Array): string => createHash("sha256").update(pixels).digest("hex").slice(0, 16);

describe("what a request decides", () => {
  test.each(sketchStyles)("the same request for %s gives the same pixels", (style) => {
    expect(digest(draw({ style }))).toBe(digest(draw({ style })));
  });

  test("the same request gives the same bytes of PNG", async () => {
    const request = { prompt: "tulips in a spring garden", width: 120, height: 80, seed: 5 };
    expect((await sketchPng(request)).equals(await sketchPng(request))).toBe(true);
  });

  test.each(sketchStyles)("a style is the composition, whatever the words: %s", (style) => {
    expect(sketch({ prompt: "neon city at night", style, width: 64, height: 64, seed: 3 }).composition).toBe(style);
  });

  test.each(sketchStyles)("another seed of %s is another picture of the same family", (style) => {
    const request = { prompt: "an evening in june", style, width: 96, height: 96 };
    const [one, other] = [sketch({ ...request, seed: 1 }), sketch({ ...request, seed: 2 })];
    expect(difference(one.pixels, other.pixels)).toBeGreaterThan(3);
    expect([other.composition, other.palette]).toEqual([one.composition, one.palette]);
  });

  test("words outside the vocabulary still make another picture", () => {
    expect(difference(draw({ prompt: "zyzzyva" }), draw({ prompt: "quokka" }))).toBeGreaterThan(5);
  });

  test("case, accents and punctuation do not make another picture", () => {
    expect(digest(draw({ prompt: "Forêt d'Automne !" }))).toBe(digest(draw({ prompt: "foret d automne" })));
  });

  // An intended change of the art changes these digests: look at the new pictures, then write the new digests here.
  test.each([
    [{ prompt: "a quiet harbour at dawn", width: 160, height: 120, seed: 7 }, "8db7cf129ff8ad7a"],
    [{ prompt: "forêt d'automne sous la pluie", width: 128, height: 128, seed: 11 }, "cb850545f618285d"],
    [{ prompt: "red and gold", style: "tiling" as const, width: 90, height: 150, seed: 4_000_000_000 }, "89e936bf22607e52"],
  ])("pixels stay as they were recorded: %j", (request, recorded) => {
    expect(digest(sketch(request).pixels)).toBe(recorded);
  });
});

describe("what words decide", () => {
  test.each([
    ["neon city at night", "skyline"],
    ["une ville la nuit", "skyline"],
    ["winter mountains, cold blue", "landscape"],
    ["montagnes en hiver", "landscape"],
    ["tulips in a spring garden", "botanical"],
    ["des fleurs dans un jardin", "botanical"],
    ["a great wave", "waves"],
    ["bauhaus pattern", "tiling"],
    ["topographic contour lines", "ridges"],
    ["planets and galaxies", "circles"],
    ["the wind in her hair", "flow"],
  ])("“%s” is drawn as %s", (prompt, composition) => {
    expect(sketch({ prompt, width: 64, height: 64, seed: 1 }).composition).toBe(composition);
  });

  test.each(sketchStyles)("red and blue reach the picture: %s", (style) => {
    for (const [red, blue] of [
      ["red", "blue"],
      ["rouge", "bleu"],
    ]) {
      const [r, , b] = meanColor(draw({ prompt: `a ${red} dream`, style }));
      const [r2, , b2] = meanColor(draw({ prompt: `a ${blue} dream`, style }));
      expect(r - b).toBeGreaterThan(r2 - b2 + 15);
    }
  });

  test("a night is darker than a noon", () => {
    const light = (prompt: string): number => meanColor(draw({ prompt, style: "landscape" })).reduce((sum, part) => sum + part, 0);
    expect(light("mountains at night")).toBeLessThan(light("mountains at noon") - 100);
  });

  test("denied words choose neither palette nor composition", () => {
    const request = { prompt: "red city at night", width: 64, height: 64, seed: 1 };
    const plain = sketch(request);
    const denied = sketch({ ...request, negativePrompt: "red, city, night" });
    expect([plain.composition, plain.palette]).toEqual(["skyline", "derived from red"]);
    expect(denied.composition).not.toBe("skyline");
    expect(denied.palette).not.toContain("red");
    expect(digest(draw({ prompt: "hills without rain", style: "landscape" }))).toBe(
      digest(draw({ prompt: "hills without rain", style: "landscape", negativePrompt: "rain" })),
    );
  });

  test("a denied element is not drawn", () => {
    const request = { prompt: "hills, rain", style: "landscape" } as const;
    expect(difference(draw(request), draw({ ...request, negativePrompt: "rain" }))).toBeGreaterThan(1);
  });

  test.each(["", "   ", "🦊", "__proto__ constructor", "山と海", "x".repeat(4000)])("any text is drawn: %j", (prompt) => {
    expect(deviation(draw({ prompt }))).toBeGreaterThan(6);
  });
});

describe("the picture", () => {
  test.each([
    [64, 64],
    [65, 201],
    [2048, 683],
    [683, 2048],
    [333, 111],
  ])("is exactly %i × %i pixels", (width, height) => {
    const { pixels, ...size } = sketch({ prompt: "sea", width, height, seed: 2 });
    expect([size.width, size.height, pixels.length]).toEqual([width, height, width * height * 3]);
  });

  test.each(sketchStyles)("of %s is the same at every size", (style) => {
    const request = { prompt: "an evening in june", style, seed: 3 };
    const small = sketch({ ...request, width: 120, height: 90 });
    const large = sketch({ ...request, width: 480, height: 360 });
    expect(difference(shrink(large.pixels, 480, 4), small.pixels)).toBeLessThan(4);
  });

  test("is never flat, whatever words and style", () => {
    const words = fc.constantFrom(
      "sea",
      "night",
      "désert",
      "joy",
      "minimal",
      "red",
      "black",
      "white",
      "fog",
      "snow",
      "quokka",
      "gold",
      "pluie",
      "old",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), fc.constantFrom(...sketchStyles), fc.nat(), (said, style, seed) => {
        const pixels = draw({ prompt: said.join(" "), style, seed });
        expect(deviation(pixels)).toBeGreaterThan(6);
      }),
      { numRuns: 60, seed: 20 },
    );
  });

  test("refuses sides that no picture has", () => {
    for (const width of [0, -1, 1.5, Number.NaN, 8193]) expect(() => draw({ width })).toThrow(RangeError);
  });

  test("as a PNG has the size and says that it is algorithmic media, drawn by no model", async () => {
    const metadata = await sharp(await sketchPng({ prompt: "sea", width: 150, height: 70, seed: 1 })).metadata();
    expect([metadata.format, metadata.width, metadata.height, metadata.channels]).toEqual(["png", 150, 70, 3]);
    expect(digitalSourceTypeIn(metadata.xmp?.toString())).toBe("algorithmicMedia");
    expect(metadata.xmp?.toString()).toContain("procedural");
  });
});

test("no source of the renderer uses an operation whose last bits machines may choose", () => {
  const folders = [new URL("./", import.meta.url), new URL("./compositions/", import.meta.url)];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => new URL(name, folder)),
  );
  expect(sources.length).toBeGreaterThan(20);
  for (const source of sources) {
    const code = readFileSync(source, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code.match(/\*\*|Math\.(?!floor|ceil|round|abs|min|max|sqrt|imul)\w+|Date\b|localeCompare/g), source.pathname).toBeNull();
  }
});
