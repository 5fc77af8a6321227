import { examine } from "@atelier/core/media";
import { sketchPng } from "@atelier/core/sketch";
import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import { type Figure, median } from "./figures.ts";

/** The same outputs in plain sharp, each from the file itself: what the product's way must not be slower than. */
async function bare(bytes: Buffer): Promise<void> {
  await Promise.all([
    sharp(bytes).autoOrient().png({ compressionLevel: 6 }).toBuffer(),
    sharp(bytes).resize({ width: 1280, height: 1280, fit: "inside", withoutEnlargement: true }).webp({ quality: 80, effort: 3 }).toBuffer(),
    sharp(bytes).resize({ width: 320, height: 320, fit: "inside" }).webp({ quality: 80, effort: 3 }).toBuffer(),
    sharp(bytes)
      .resize({ width: 100, height: 100, fit: "inside" })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
      .then(({ data, info }) => rgbaToThumbHash(info.width, info.height, data)),
  ]);
}

/** One 1024² PNG with everything that is made of it, four in flight, in turns with the bare pipeline. */
export async function renditionFigures(): Promise<Figure[]> {
  const [rounds, inFlight] = [6, 4];
  const bytes = await sketchPng({ prompt: "a quiet harbour at dawn", width: 1024, height: 1024, seed: 7 });
  const timed = async (work: () => Promise<unknown>) => {
    const at = performance.now();
    await Promise.all(Array.from({ length: inFlight }, work));
    return (inFlight * 1000) / (performance.now() - at);
  };
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const seen = [await timed(() => examine(bytes, {})), await timed(() => bare(bytes))] as const;
    if (round === 0) continue; // the first is warm-up
    ours.push(seen[0]);
    theirs.push(seen[1]);
  }
  return [
    {
      what: "renditions of 1024², 4 in flight",
      seen: `${median(ours).toFixed(1)} images/s`,
      beside: `bare sharp ${median(theirs).toFixed(1)}: × ${(median(ours) / median(theirs)).toFixed(2)}`,
      goal: "≥ × 0.9",
    },
  ];
}
