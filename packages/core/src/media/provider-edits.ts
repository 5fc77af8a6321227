import sharp from "sharp";
import { generationProblems } from "../generation/index.ts";
import { type Context, persist, type Trouble, troubleOf } from "../kernel/index.ts";
import { type EditOutcome, finished, type ImageVersion, type LibraryDeps, limits, paths, type Size } from "../library/index.ts";
import { fileBytesMax } from "../providers/index.ts";
import { putRenditions } from "./edits.ts";
import { firstLine, look, types } from "./examine.ts";
import { removeLeftOver } from "./left-over.ts";
import { type Pixels, pipelineOf, pixelsOf } from "./pixels.ts";
import { type Renditions, render } from "./renditions.ts";

/** How much of what can be kept a file may be expected to have. Another encoder, and fewer pixels, change its size a little. */
const safely = 0.8;

type Ref = { workspaceId: string; imageId: string; versionId: string };

/**
 * Makes a version of the file that a provider's model has sent for it. Storage events repeat and shuffle: only a version that is awaited is written, and
 * files before rows. What becomes of one that cannot be made of it, because of a fault of ours, the job that has asked for it finds out by its time. Answers
 * with the version as it is then, if it was this worker that wrote it.
 */
export async function processVersion(ctx: Context, { images, media }: LibraryDeps, ref: Ref): Promise<ImageVersion | undefined> {
  const arrived = paths.incomingVersion(ref.workspaceId, ref.imageId, ref.versionId);
  const read = () => images.version(ref.workspaceId, ref.imageId, ref.versionId);
  const edit = await read();
  const file = isAwaited(edit) ? await media.get(arrived) : undefined;
  if (!edit || !file) {
    await media.remove(arrived);
    return undefined;
  }
  const made = await madeOf(file.bytes, edit);
  if (!("problem" in made)) await putRenditions(media, ref.workspaceId, ref.imageId, made);
  const outcome: EditOutcome = "problem" in made ? made : { file: made.facts };
  const written = await persist(async () => {
    // It may have been tagged or reviewed meanwhile, or another worker was faster.
    const [now, image] = await Promise.all([read(), images.get(ref.workspaceId, ref.imageId)]);
    if (!isAwaited(now) || !image) return undefined;
    await images.write(...finished({ ...ctx, correlationId: now.correlationId }, images, image, withNotes(now, file.notes), outcome));
    return read();
  });
  if (!written && !("problem" in made)) await removeLeftOver({ images, media }, ref.workspaceId, ref.imageId, made.facts);
  await media.remove(arrived);
  return written;
}

const isAwaited = (version: ImageVersion | undefined): version is ImageVersion =>
  version?.state === "processing" && version.making !== undefined;

/** Who has made it in the end is told with the file: it need not be who was asked first. */
function withNotes(edit: ImageVersion, notes: Record<string, string>): ImageVersion {
  if (!edit.making) return edit;
  const making = {
    ...edit.making,
    provider: notes.provider ?? edit.making.provider,
    model: notes.model ?? edit.making.model,
    costMicroUsd: Number(notes["cost-micro-usd"] ?? 0),
    ...(notes["model-version"] !== undefined && { modelVersion: notes["model-version"] }),
    ...(notes["request-id"] !== undefined && { requestId: notes["request-id"] }),
  };
  return { ...edit, making };
}

/** The files of what was sent, if it is what was asked for. */
async function madeOf(bytes: Buffer, { operations, making }: ImageVersion): Promise<Renditions | { problem: Trouble }> {
  const seen = await look(bytes, fileBytesMax);
  if (seen.kind === "unsound") return unusable(seen.detail);
  try {
    const sent = await pixelsOf(sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: "error" }).autoOrient().toColourspace("srgb"));
    const wanted = making?.size ?? sent;
    const wrong = tooSmall(sent, wanted) ?? (operations[0]?.type === "remove_background" ? await opaque(sent) : undefined);
    if (wrong !== undefined) return unusable(wrong);
    const pixels = await fitted(sent, wanted);
    // What was paid for is not given up because it is large: WebP has it in a fraction of the bytes, also what is see-through.
    const expected = bytes.length * ((pixels.width * pixels.height) / (sent.width * sent.height));
    const type = expected < limits.maxBytes * safely ? types[seen.format] : "image/webp";
    const made = await render(pixels, pipelineOf(pixels), type, making?.digitalSourceType);
    return made.original.length <= limits.maxBytes ? made : unusable("Its file would be too large.");
  } catch (error) {
    return unusable(`Its data is damaged: ${firstLine(error)}.`);
  }
}

async function opaque(pixels: Pixels): Promise<string | undefined> {
  const { isOpaque } = await pipelineOf(pixels).stats();
  return isOpaque ? "Nothing of it is see-through: it has found no background." : undefined;
}

const tooSmall = (sent: Size, wanted: Size): string | undefined =>
  sent.width < wanted.width || sent.height < wanted.height
    ? `It has ${sent.width} × ${sent.height} pixels, and ${wanted.width} × ${wanted.height} were asked for.`
    : undefined;

/** Some models enlarge by more than was asked for. */
const fitted = async (sent: Pixels, { width, height }: Size): Promise<Pixels> =>
  sent.width === width && sent.height === height ? sent : pixelsOf(pipelineOf(sent).resize({ width, height, fit: "fill" }));

const unusable = (detail: string) => ({
  problem: troubleOf(generationProblems.failed, `What the model sent cannot be used. ${detail} The image is as it was.`),
});
