import { type Context, eventOf, instant, persist } from "../kernel/index.ts";
import { autoTagsOf, type Image, type LibraryDeps, paths } from "../library/index.ts";
import { putRenditions } from "./edits.ts";
import { type Examined, examine } from "./examine.ts";
import { removeLeftOver } from "./left-over.ts";

/** The object of a storage event: of an image, or of a version that a provider has made. */
export type Arrival = { workspaceId: string; imageId: string; versionId?: string };

/** `incoming/<workspace>/<image>`, with `/<version>` behind it or not → its parts; anything else is not ours. */
export function arrivalAt(path: string): Arrival | undefined {
  const [, workspaceId, imageId, versionId] =
    /^incoming\/(wks_[0-9A-Z]{26})\/(img_[0-9A-Z]{26})(?:\/(ver_[0-9A-Z]{26}))?$/.exec(path) ?? [];
  return workspaceId && imageId ? { workspaceId, imageId, ...(versionId && { versionId }) } : undefined;
}

/**
 * The image that has arrived, if it is still awaited; a file that nobody awaits is removed. Storage events say nothing of the request that they come from:
 * the image knows its correlation id.
 */
export async function awaitedImage({ images, media }: LibraryDeps, { workspaceId, imageId }: Arrival): Promise<Image | undefined> {
  const image = await images.get(workspaceId, imageId);
  if (image && isAwaited(image)) return image;
  await media.remove(paths.incoming(workspaceId, imageId));
  return undefined;
}

const notExamined = "not_examined";
const isAwaited = ({ state, quarantine, deletedAt }: Image): boolean =>
  deletedAt === undefined && (state === "processing" || quarantine?.reason === notExamined);

/**
 * Nobody will examine an upload if the try that begins now ends badly: its owner is told, who would wait for ever. Whoever examines it all the same, now
 * or when its message is sent again, has the last word. What was drawn is looked after by its generation.
 */
export const giveUp = (caller: Context, { images }: Pick<LibraryDeps, "images">, { workspaceId, imageId }: Arrival): Promise<void> =>
  persist(async () => {
    const image = await images.get(workspaceId, imageId);
    if (image?.state !== "processing" || image.source !== "upload" || image.deletedAt !== undefined) return;
    const ctx = { ...caller, correlationId: image.correlationId };
    const detail = "It could not be examined, and that is a fault of ours. Upload it again; or wait: once that is mended, it is examined.";
    const given: Image = {
      ...image,
      state: "quarantined",
      quarantine: { reason: notExamined, detail },
      updatedAt: instant(ctx.clock.now()),
      version: image.version + 1,
    };
    await images.write(images.replacement(given, eventOf(ctx, "library.image.quarantined", given)));
  });

/**
 * Examines what has arrived for an image and makes its renditions. Storage events repeat and shuffle: only an image that is awaited is written, files are
 * written before the row points at them, and always under the same names. Answers with the image as it is then, if it was this worker that wrote it.
 */
export async function processArrival(ctx: Context, { images, media }: LibraryDeps, image: Image): Promise<Image | undefined> {
  const { workspaceId, id: imageId } = image;
  const arrived = paths.incoming(workspaceId, imageId);
  const file = await media.get(arrived);
  if (!file) return undefined;

  const examined = await examine(file.bytes, {
    declaredType: image.declaredType,
    digitalSourceType: image.making && sourceTypeOf(file.notes.provider ?? image.making.provider),
  });
  if (examined.kind === "sound") await putRenditions(media, workspaceId, imageId, examined);
  let seen: Image | undefined = image;
  const written = await persist(async () => {
    // Its owner may have tagged it meanwhile. If another worker was faster, or it was taken back, this arrival is dealt with.
    const awaited = seen ?? (await images.get(workspaceId, imageId));
    seen = undefined;
    if (!awaited || !isAwaited(awaited)) return undefined;
    const processed = outcome(ctx, awaited, examined, file.notes);
    const what = processed.state === "quarantined" ? "library.image.quarantined" : "library.image.processed";
    const event = eventOf(ctx, what, processed, awaited.making ? { generationId: awaited.making.generationId } : {});
    await images.write(images.replacement(processed, event));
    return processed;
  });
  if (!written && examined.kind === "sound") await removeLeftOver({ images, media }, workspaceId, imageId, examined.facts);
  await media.remove(arrived);
  return written;
}

/** The IPTC terms for what providers make: all but the built-in renderer are models that were trained. @see https://cv.iptc.org/newscodes/digitalsourcetype/ */
const sourceTypeOf = (provider: string): string => (provider === "sketch" ? "algorithmicMedia" : "trainedAlgorithmicMedia");

function outcome(ctx: Context, image: Image, examined: Examined, notes: Record<string, string>): Image {
  const making = image.making && {
    ...image.making,
    // Who drew it in the end is told with the file: it need not be who was asked first.
    provider: notes.provider ?? image.making.provider,
    model: notes.model ?? image.making.model,
    seed: Number(notes.seed ?? image.making.seed),
    ...(notes["request-id"] !== undefined && { requestId: notes["request-id"] }),
    modelVersion: notes["model-version"],
    costMicroUsd: Number(notes["cost-micro-usd"] ?? 0),
    renderMs: Number(notes["render-ms"] ?? 0),
  };
  const { quarantine: _before, ...kept } = image;
  const next = { ...kept, ...(making && { making }), updatedAt: instant(ctx.clock.now()), version: image.version + 1 };
  if (examined.kind === "unsound")
    return { ...next, state: "quarantined", quarantine: { reason: examined.reason, detail: examined.detail } };
  const autoTags = autoTagsOf(next.making?.prompt ?? next.fileName ?? "");
  return { ...next, state: "in_review", file: examined.facts, ...(autoTags.length > 0 && { autoTags }) };
}
