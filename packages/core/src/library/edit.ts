import { longestSide, mostPixelsTogether } from "./edit-limits.ts";
import type { Operation, OwnOperation, ProviderOperation } from "./edit-request.ts";
import { limits } from "./image.ts";

/** Pixels. */
export type Size = { width: number; height: number };

/** Whether a provider's model does it. */
export const isByProvider = (operation: Operation): operation is ProviderOperation =>
  operation.type === "remove_background" || operation.type === "upscale";

/** Those that are done here. */
export const ownOf = (operations: readonly Operation[]): OwnOperation[] =>
  operations.filter((operation): operation is OwnOperation => !isByProvider(operation));

/** An operation that cannot be done to a picture of this size; `index` is its place, `member` what is wrong with it. */
export class ImpossibleOperation extends Error {
  readonly index: number;
  readonly member: string;

  constructor(index: number, member: string, detail: string) {
    super(detail);
    this.index = index;
    this.member = member;
  }
}

/** The size that a picture has after each operation, known before any pixel is touched. @throws ImpossibleOperation */
export function sizesAfter({ width, height }: Size, operations: readonly Operation[]): Size[] {
  const sizes: Size[] = [];
  let now: Size = { width, height };
  let together = 0;
  for (const [index, operation] of operations.entries()) {
    const next = sizeAfter(now, operation, index);
    together += Math.max(now.width * now.height, next.width * next.height);
    if (together > mostPixelsTogether)
      throw new ImpossibleOperation(
        index,
        "type",
        `For a picture of this size these are too many operations at once: go on with this one in another edit, or make the picture smaller first.`,
      );
    now = next;
    sizes.push(now);
  }
  return sizes;
}

function sizeAfter(size: Size, operation: Operation, index: number): Size {
  const refuse = (member: string, detail: string): never => {
    throw new ImpossibleOperation(index, member, detail);
  };
  switch (operation.type) {
    case "crop": {
      const { left, top, width, height } = operation;
      if (left + width > size.width) refuse("width", `The picture is ${size.width} wide there; ${left} + ${width} is beyond its edge.`);
      if (top + height > size.height) refuse("height", `The picture is ${size.height} high there; ${top} + ${height} is beyond its edge.`);
      return { width, height };
    }
    case "crop_to_ratio": {
      const cut = largestOf(operation.ratio, size);
      if (Math.min(cut.width, cut.height) < limits.minSide)
        refuse("ratio", `Of ${size.width} × ${size.height} that leaves ${cut.width} × ${cut.height}; each side needs ${limits.minSide}.`);
      return cut;
    }
    case "resize": {
      if (operation.width === undefined && operation.height === undefined) refuse("width", "Give a width, a height, or both.");
      const fitted = resized(size, operation);
      if (Math.min(fitted.width, fitted.height) < limits.minSide)
        refuse("width", `That gives ${fitted.width} × ${fitted.height}; each side needs at least ${limits.minSide}.`);
      if (Math.max(fitted.width, fitted.height) > longestSide)
        refuse("width", `That gives ${fitted.width} × ${fitted.height}; a side has at most ${longestSide}.`);
      if (fitted.width * fitted.height > limits.maxPixels)
        refuse("width", `That gives more than ${limits.maxPixels / 1_000_000} million pixels.`);
      return fitted;
    }
    case "upscale": {
      const enlarged = { width: size.width * operation.factor, height: size.height * operation.factor };
      const told = `That gives ${enlarged.width} × ${enlarged.height}`;
      if (Math.max(enlarged.width, enlarged.height) > longestSide) refuse("factor", `${told}; a side has at most ${longestSide}.`);
      if (enlarged.width * enlarged.height > limits.maxPixels)
        refuse("factor", `${told}; that is more than ${limits.maxPixels / 1_000_000} million pixels.`);
      return enlarged;
    }
    case "rotate":
      return operation.degrees === 180 ? size : { width: size.height, height: size.width };
    default:
      return size;
  }
}

/** The largest picture of a ratio that another one holds. */
function largestOf(ratio: Size, { width, height }: Size): Size {
  if (width * ratio.height > height * ratio.width) return { width: Math.round((height * ratio.width) / ratio.height), height };
  return { width, height: Math.round((width * ratio.height) / ratio.width) };
}

function resized(size: Size, { width, height, fit }: Extract<Operation, { type: "resize" }>): Size {
  if (width !== undefined && height !== undefined && fit !== "inside") return { width, height };
  const scale = Math.min((width ?? Number.POSITIVE_INFINITY) / size.width, (height ?? Number.POSITIVE_INFINITY) / size.height);
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}

/** IPTC terms of pictures that came from the world: an edit of such a one is told. */
const captured: readonly string[] = ["digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print"];

/** IPTC terms that already say that a trained model has made what is seen, or parts of it. */
const trained: readonly string[] = ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"];

/**
 * How an edited picture came to be. What was made by a model stays so, however it is cut and coloured: nothing here makes it less. What was captured was
 * then edited, by a person or, if it was enhanced by itself, by a program. Of what nobody knows, nothing is claimed.
 *
 * A model that enlarges has drawn what was not there: that is media edited with generative AI, whatever it was before. One that takes the background away
 * adds nothing: it alters by an algorithm, without changing what is shown.
 * @see https://cv.iptc.org/newscodes/digitalsourcetype/
 */
export function editedSourceType(term: string | undefined, operations: readonly Operation[]): string | undefined {
  const does = (type: Operation["type"]) => operations.some((operation) => operation.type === type);
  if (does("upscale")) return term !== undefined && trained.includes(term) ? term : "compositeWithTrainedAlgorithmicMedia";
  if (does("remove_background") && term === undefined) return "algorithmicallyEnhanced";
  if (term === undefined || !(captured.includes(term) || term === "humanEdits")) return term;
  return does("auto_enhance") || does("remove_background") ? "algorithmicallyEnhanced" : "humanEdits";
}
