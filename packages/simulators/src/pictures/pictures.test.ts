import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { blurred, drawing, encode, gridOfFour, measure, type PictureFormat, sidesOf } from "./index.ts";

const formats: readonly PictureFormat[] = ["png", "jpeg", "webp"];

describe.each(formats)("a %s", (format) => {
  test("is a real file of the size that was asked for, whatever the size", async () => {
    for (const [width, height] of [
      [1024, 1024],
      [1344, 768],
      [1, 1],
      [67, 131],
    ] as const) {
      const { bytes, type } = encode(drawing("a fox", width, height), format);
      const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
      expect({ width: info.width, height: info.height, type }).toEqual({ width, height, type: `image/${format}` });
      expect(measure(bytes)).toEqual({ format, width, height });
    }
  });

  test("is the same for the same words and another for others", () => {
    const of = (words: string) => encode(drawing(words, 64, 64), format).bytes;
    expect(of("a fox\u00001")).toEqual(of("a fox\u00001"));
    expect(of("a fox\u00001")).not.toEqual(of("a fox\u00002"));
  });

  test("has the colours of its drawing", async () => {
    const drawn = drawing("a fox", 256, 256);
    const { data } = await sharp(encode(drawn, format).bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const place = (100 * 256 + 100) * 3;
    const expected = drawn.palette[format === "webp" ? 1 : drawn.at(100, 100)] ?? [];
    for (const [channel, value] of expected.entries()) expect(Math.abs((data[place + channel] ?? 0) - value)).toBeLessThan(6);
  });
});

test("a cut-out is see-through somewhere, and only there", async () => {
  const { data } = await sharp(encode(drawing("a cup", 64, 64, true)).bytes)
    .ensureAlpha()
    .extractChannel(3)
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([...new Set(data)].toSorted((one, other) => one - other)).toEqual([0, 255]);
});

test("a filtered picture is one flat gray", async () => {
  const { channels } = await sharp(encode(blurred(64, 32)).bytes).stats();
  expect(channels.map(({ min, max }) => [min, max])).toEqual(Array(3).fill([128, 128]));
});

test("a grid holds four pictures that differ", async () => {
  const whole = sharp(encode(gridOfFour("a fox", { width: 64, height: 48 })).bytes);
  expect(await whole.metadata()).toMatchObject({ width: 128, height: 96 });
  const parts = await Promise.all(
    [0, 64].flatMap((left) => [0, 48].map((top) => whole.clone().extract({ left, top, width: 64, height: 48 }).raw().toBuffer())),
  );
  expect(new Set(parts.map((part) => part.toString("hex"))).size).toBe(4);
});

test("what is no picture has no measure", () => {
  expect(measure(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"))).toBeUndefined();
  expect(measure(Buffer.alloc(0))).toBeUndefined();
  expect(measure(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toBeUndefined();
});

test("a ratio becomes sides near its area", () => {
  expect(sidesOf("1:1", 1_048_576)).toEqual({ width: 1024, height: 1024 });
  const { width, height } = sidesOf("16:9", 1_048_576);
  expect(width / height).toBeCloseTo(16 / 9, 1);
  expect([width % 64, height % 64]).toEqual([0, 0]);
});
