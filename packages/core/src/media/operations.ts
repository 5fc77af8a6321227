import sharp, { type Matrix3x3, type Sharp } from "sharp";
import { type FilterName, type OwnOperation, type Size, sizesAfter } from "../library/index.ts";
import { type Pixels, pipelineOf, pixelsOf } from "./pixels.ts";

/** Does operations one after the other, each on the pixels that the one before has left: a single pipeline would put them in an order of its own. */
export async function operate(pixels: Pixels, operations: readonly OwnOperation[]): Promise<Pixels> {
  const sizes = sizesAfter(pixels, operations);
  let now = pixels;
  for (const [index, operation] of operations.entries())
    now = await pixelsOf(done(pipelineOf(now), operation, sizes[index] ?? now).toColourspace("srgb"));
  return now;
}

/** `size` is what the operation leaves. */
function done(image: Sharp, operation: OwnOperation, { width, height }: Size): Sharp {
  switch (operation.type) {
    case "crop":
      return image.extract({ left: operation.left, top: operation.top, width, height });
    case "crop_to_ratio":
      // The cut is as large as the picture allows, so nothing is scaled.
      return image.resize({ width, height, fit: "cover", position: operation.around === "subject" ? sharp.strategy.attention : "centre" });
    case "resize":
      return image.resize({ width, height, fit: operation.fit === "cover" ? "cover" : "fill", position: "centre" });
    case "rotate":
      return image.rotate(operation.degrees);
    case "flip":
      return operation.direction === "horizontal" ? image.flop() : image.flip();
    case "adjust":
      return contrasted(
        image.modulate({ brightness: 1 + operation.brightness / 100, saturation: 1 + operation.saturation / 100 }),
        1 + operation.contrast / 100,
      );
    case "sharpen":
      return image.sharpen({ sigma: 0.5 + (operation.amount / 100) * 1.5 });
    case "filter":
      return filters[operation.name](image);
    case "auto_enhance":
      return image.normalise({ lower: 1, upper: 99 }).modulate({ saturation: 1.06 });
  }
}

/** Contrast turns about the middle grey. */
const contrasted = (image: Sharp, factor: number): Sharp => (factor === 1 ? image : image.linear(factor, 128 * (1 - factor)));

/** Rec. 709's share of each colour in what the eye takes for light. `greyscale()` would leave one channel, and the next operation may want three. */
const light: [number, number, number] = [0.2126, 0.7152, 0.0722];
const sepia: Matrix3x3 = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];
const gains = (red: number, green: number, blue: number): Matrix3x3 => [
  [red, 0, 0],
  [0, green, 0],
  [0, 0, blue],
];

const filters: Readonly<Record<FilterName, (image: Sharp) => Sharp>> = {
  mono: (image) => image.recomb([light, light, light]),
  sepia: (image) => image.recomb(sepia),
  warm: (image) => image.recomb(gains(1.08, 1, 0.9)),
  cool: (image) => image.recomb(gains(0.92, 1, 1.08)),
  vivid: (image) => contrasted(image.modulate({ saturation: 1.35 }), 1.08),
  faded: (image) => image.modulate({ saturation: 0.8 }).linear(0.85, 28),
};
