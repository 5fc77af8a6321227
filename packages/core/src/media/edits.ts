import sharp from "sharp";
import { type Context, persist, troubleOf } from "../kernel/index.ts";
import {
  type EditOutcome,
  editedSourceType,
  type FileFacts,
  finished,
  type Image,
  type ImageVersion,
  type LibraryDeps,
  libraryProblems,
  limits,
  ownOf,
  paths,
} from "../library/index.ts";
import { removeLeftOver } from "./left-over.ts";
import { operate } from "./operations.ts";
import { pipelineOf, pixelsOf } from "./pixels.ts";
import { type Renditions, render } from "./renditions.ts";

export type EditRef = { workspaceId: string; imageId: string; id: string };

/**
 * Makes the version that somebody has asked for: its file from that of the version before, then the rows. News comes more than once: what is made already
 * is left alone, and the same edit gives the same file under the same name. Answers with the version as it is then, if there was something to do.
 */
export async function makeEdit(ctx: Context, { images, media }: LibraryDeps, ref: EditRef): Promise<ImageVersion | undefined> {
  const edit = await images.version(ref.workspaceId, ref.imageId, ref.id);
  if (!edit || !isAwaited(edit)) return undefined;
  const image = await images.get(ref.workspaceId, ref.imageId);
  if (!image) return undefined;
  const base = edit.from === image.currentVersion ? image.file : await baseFile(images, image, edit);
  const outcome: EditOutcome | undefined = base && (await edited(media, image, base, edit));
  if (!outcome) throw new Error(`The file of version ${edit.from} of ${image.id} is not there.`);
  const written = await write(ctx, images, ref, outcome);
  if (!written && "file" in outcome) await removeLeftOver({ images, media }, ref.workspaceId, ref.imageId, outcome.file);
  return written;
}

/** What a provider makes arrives otherwise. */
const isAwaited = ({ state, problem, making }: ImageVersion): boolean =>
  !making && (state === "processing" || (state === "failed" && problem?.code === libraryProblems.editFailed.code));

/** The last try begins: whoever waits is told. If it ends well all the same, it has the last word. */
export const giveUpEdit = (ctx: Context, { images }: Pick<LibraryDeps, "images">, ref: EditRef): Promise<unknown> =>
  write(ctx, images, ref, {
    problem: troubleOf(
      libraryProblems.editFailed,
      "It could not be made, and that is a fault of ours. The image is as it was; try again later.",
    ),
  });

const write = (ctx: Context, images: LibraryDeps["images"], ref: EditRef, outcome: EditOutcome): Promise<ImageVersion | undefined> =>
  persist(async () => {
    // It may have been tagged, reviewed or deleted meanwhile, or another worker was faster.
    const [edit, image] = await Promise.all([
      images.version(ref.workspaceId, ref.imageId, ref.id),
      images.get(ref.workspaceId, ref.imageId),
    ]);
    if (!edit || !image || !isAwaited(edit)) return undefined;
    await images.write(...finished(ctx, images, image, edit, outcome));
    return images.version(ref.workspaceId, ref.imageId, ref.id);
  });

async function baseFile(images: LibraryDeps["images"], image: Image, { from = 1 }: ImageVersion): Promise<FileFacts | undefined> {
  return (await images.versionBy(image.workspaceId, image.id, from))?.file;
}

async function edited(
  media: LibraryDeps["media"],
  image: Image,
  base: FileFacts,
  { operations }: ImageVersion,
): Promise<EditOutcome | undefined> {
  const { workspaceId, id } = image;
  const source = await media.get(paths.original(workspaceId, id, base));
  if (!source) return undefined;
  const upright = sharp(source.bytes, { limitInputPixels: limits.maxPixels, failOn: "error" }).autoOrient().toColourspace("srgb");
  const pixels = await operate(await pixelsOf(upright), ownOf(operations));
  const made = await render(pixels, pipelineOf(pixels), base.mimeType, editedSourceType(base.digitalSourceType, operations));
  if (made.original.length > limits.maxBytes) return { problem: tooLarge(made.original.length) };
  await putRenditions(media, workspaceId, id, made);
  return { file: made.facts };
}

const tooLarge = (bytes: number) =>
  troubleOf(
    libraryProblems.editTooLarge,
    `The file would have ${(bytes / 1024 / 1024).toFixed(1)} MB, at most ${limits.maxBytes / 1024 / 1024} are kept. Make it smaller.`,
  );

/** Files come before the rows that point at them, always under the same names. */
export async function putRenditions(
  media: LibraryDeps["media"],
  workspaceId: string,
  imageId: string,
  { original, preview, thumbnail, facts }: Renditions,
): Promise<void> {
  await Promise.all([
    media.put(paths.original(workspaceId, imageId, facts), original, facts.mimeType),
    media.put(paths.preview(workspaceId, imageId, facts), preview, "image/webp"),
    media.put(paths.thumbnail(workspaceId, imageId, facts), thumbnail, "image/webp"),
  ]);
}
