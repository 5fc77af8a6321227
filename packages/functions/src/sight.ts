import type { Context } from "@atelier/core/kernel";
import type { ImageStore } from "@atelier/core/library";
import type { Processed } from "@atelier/core/media";
import { blindness, tagBySight } from "@atelier/core/writing";
import { logger } from "./log.ts";
import { writingDeps } from "./writing.ts";

/** What is left for the book and the image when the model has had its time, milliseconds. */
const bookMs = 10_000;

/**
 * Has the operator's model look at an image that is ready, and tells what has come of it. It never throws: the image's message is done, and sent again it
 * would ask nobody.
 */
export async function seeWith(
  model: string,
  ctx: Context,
  { images }: { images: ImageStore },
  { image, thumbnail }: Required<Processed>,
  leftMs: number,
): Promise<string> {
  const { correlationId } = ctx;
  try {
    const picture = { bytes: thumbnail, mimeType: "image/webp" } as const;
    const sight = await tagBySight(ctx, { ...(await writingDeps()), images }, { model, image, picture, deadlineMs: leftMs - bookMs });
    if (sight.kind === "seen") return "seen";
    if (sight.kind === "misset")
      logger.error("VISION_MODEL names a model that cannot be asked here: tags come from words alone.", {
        correlationId,
        model,
        why: blindness[sight.why],
      });
    return sight.why;
  } catch (error) {
    logger.error("What can be seen in an image could not be found out: its tags are those from words.", {
      correlationId,
      error: error as Error,
    });
    return "failed";
  }
}
