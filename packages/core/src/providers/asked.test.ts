import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seedWithin, sizeWithin } from "./asked.ts";
import { overridden } from "./catalogue.ts";
import { retryAfterMsOf } from "./failures.ts";
import { imageModels } from "./models/index.ts";
import { isWhole, pictureTypeOf } from "./picture-file.ts";

const side = fc.integer({ min: 1, max: 16_384 });

describe("sizes", () => {
  test.each(imageModels.map((row) => [`${row.provider} ${row.model}`, row] as const))(
    "%s gets sides that it has, for any that are asked",
    (_, { sizes }) => {
      fc.assert(
        fc.property(side, side, (width, height) => {
          const got = sizeWithin(sizes, { width, height });
          if (sizes.kind === "ratios") expect(sizes.ratios).toContain(got.ratio);
          else if (sizes.kind === "fixed") expect(sizes.sizes).toContain(`${got.width}x${got.height}`);
          else {
            for (const one of [got.width, got.height]) {
              expect(one).toBeGreaterThanOrEqual(sizes.minSide);
              expect(one).toBeLessThanOrEqual(sizes.maxSide);
              expect(one % sizes.step).toBe(0);
            }
            expect(got.width * got.height).toBeLessThanOrEqual(sizes.maxPixels);
          }
        }),
      );
    },
  );

  test("the nearest ratio is the nearest in both directions", () => {
    const sizes = { kind: "ratios", ratios: ["1:1", "16:9", "9:16", "3:2", "2:3"], pixels: 1_048_576 } as const;
    const ratioOf = (width: number, height: number) => sizeWithin(sizes, { width, height }).ratio;
    expect([ratioOf(1920, 1080), ratioOf(1080, 1920), ratioOf(1000, 1000), ratioOf(1024, 700), ratioOf(5000, 1000)]).toEqual([
      "16:9",
      "9:16",
      "1:1",
      "3:2",
      "16:9",
    ]);
  });
});

test("a seed in range stays itself, and any other gets into it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_967_295 }), (seed) => {
      const got = seedWithin({ min: 1, max: 2_147_483_647 }, seed);
      expect(got).toBeGreaterThanOrEqual(1);
      expect(got).toBeLessThanOrEqual(2_147_483_647);
      if (seed >= 1 && seed <= 2_147_483_647) expect(got).toBe(seed);
    }),
  );
});

describe("overrides", () => {
  test("change what they name of a known model, and nothing else", () => {
    const model = "black-forest-labs/flux-schnell";
    const changed = overridden(imageModels, [{ provider: "replicate", model, state: "retired", why: "too dear" }]);
    expect(changed.find((row) => row.model === model)).toMatchObject({ state: "retired", why: "too dear", title: "FLUX.1 schnell" });
    expect(changed).toHaveLength(imageModels.length);
    expect(imageModels.find((row) => row.model === model)?.state).toBe("live");
  });

  test("add a model if they are whole, and are refused if they are not", () => {
    const { model: _, ...whole } = imageModels.find(({ provider }) => provider === "comfyui") ?? expect.unreachable();
    expect(overridden(imageModels, [{ ...whole, provider: "comfyui", model: "mine.safetensors" }])).toHaveLength(imageModels.length + 1);
    expect(() => overridden(imageModels, [{ provider: "comfyui", model: "mine.safetensors" }])).toThrow(RangeError);
  });
});

test("Retry-After is read in seconds and as a date, and is capped", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const cases = {
    "7": 7_000,
    "0": 0,
    "1.5": 1_500,
    "Fri, 20 Nov 2026 12:00:30 GMT": 30_000,
    "Fri, 20 Nov 2026 11:00:00 GMT": 0,
    "86400": 900_000,
    soon: 10_000,
    "": 10_000,
    "-5": 0,
  };
  for (const [header, ms] of Object.entries(cases)) expect(retryAfterMsOf(header, now), header).toBe(ms);
  expect(retryAfterMsOf(undefined, now)).toBe(10_000);
});

test("a file is what its bytes say, and no other", () => {
  for (const text of ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a……", "\x89PNG", "RIFF____WEBX", "<html>", "%PDF-1.7"])
    expect(pictureTypeOf(Buffer.from(text, "latin1")), text).toBeUndefined();
  const webp = Buffer.concat([Buffer.from("RIFF"), Buffer.from([8, 0, 0, 0]), Buffer.from("WEBPVP8L")]);
  expect(pictureTypeOf(webp)).toBe("image/webp");
  expect([isWhole(webp, "image/webp"), isWhole(webp.subarray(0, 15), "image/webp")]).toEqual([true, false]);
});
