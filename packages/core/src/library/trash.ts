import { type Context, eventOf, instant, notFound, Problem, persist } from "../kernel/index.ts";
import { emptyAfterMs, type FileFacts, type Image, paths, trashMs } from "./image.ts";
import { isThere, madeFrom } from "./images.ts";
import { libraryProblems } from "./problems.ts";
import type { ImageStore, MediaStore } from "./store.ts";

/** Until when a deleted image can be restored, epoch milliseconds. */
export const restorableUntil = ({ deletedAt }: Pick<Image, "deletedAt">): number => Date.parse(deletedAt ?? "") + trashMs;

/** Out of the trash again, as it was: its approval too, since nothing of it has changed. Posts that were blocked wait for somebody to save them. */
export async function restore(ctx: Context, { images }: { images: ImageStore }, id: string): Promise<Image> {
  const image = await images.get(ctx.workspaceId, id);
  if (!image) throw notFound("image");
  return restored(ctx, images, image);
}

export async function restored(ctx: Context, images: ImageStore, image: Image): Promise<Image> {
  if (image.deletedAt === undefined && !isThere(ctx, image)) throw notFound("image");
  if (image.deletedAt === undefined) return image;
  if (image.purgedAt !== undefined || ctx.clock.now() >= restorableUntil(image)) throw notFound("image");
  if (!image.file) throw new Problem(libraryProblems.notRestorable, "Nothing of it was kept that could be shown.");
  const { deletedAt: _deleted, ...kept } = image;
  const back: Image = { ...kept, updatedAt: instant(ctx.clock.now()), version: image.version + 1 };
  await images.write(images.replacement(back, eventOf(ctx, "library.image.restored", back, madeFrom(back))));
  return back;
}

/** A file with its preview and its thumbnail. */
export async function removeFiles(
  media: MediaStore,
  workspaceId: string,
  imageId: string,
  file: Pick<FileFacts, "sha256" | "mimeType">,
): Promise<void> {
  await Promise.all([paths.original, paths.preview, paths.thumbnail].map((path) => media.remove(path(workspaceId, imageId, file))));
}

export type TrashRef = { workspaceId: string; id: string };

/** The queue repeats what fails. What it has given up, too, is sent again after this. */
const againMs = 6 * 60 * 60 * 1000;

/** Hands on what has lain in the trash for long enough; `send` answers with what was taken. Repeats do no harm. */
export async function dispatchTrash(
  ctx: Context,
  { images, send }: { images: Pick<ImageStore, "trashDue" | "trashLater">; send(refs: readonly TrashRef[]): Promise<readonly TrashRef[]> },
): Promise<number> {
  const now = ctx.clock.now();
  const due = await images.trashDue(now, mostAtOnce);
  const taken = await send(due.map(({ workspaceId, id }) => ({ workspaceId, id })));
  for (let at = 0; at < taken.length; at += writesAtOnce)
    await Promise.all(taken.slice(at, at + writesAtOnce).map((ref) => images.trashLater(ref, now, now + againMs)));
  return taken.length;
}
const writesAtOnce = 10;
/** Images that one minute sends away. */
const mostAtOnce = 200;

/**
 * Removes the files of an image whose time in the trash is over, those of its versions too, and empties its rows, which then go by themselves. The image's own
 * row comes last: whoever dies over it is followed by another. What was published stays where it was published.
 */
export async function purge(ctx: Context, { images, media }: { images: ImageStore; media: MediaStore }, ref: TrashRef): Promise<boolean> {
  const image = await images.get(ref.workspaceId, ref.id);
  if (image?.deletedAt === undefined || image.purgedAt !== undefined) return false;
  if (ctx.clock.now() < Date.parse(image.deletedAt) + emptyAfterMs) return false;
  const kept = await images.keptOf(image.workspaceId, image.id);
  const files = new Map(
    [image.file, ...kept.versions.map(({ file }) => file)].flatMap((file) => (file ? [[file.sha256, file] as const] : [])),
  );
  for (const file of files.values()) await removeFiles(media, image.workspaceId, image.id, file);
  await images.emptyRows(image, kept, ctx.clock.now());
  await persist(async () => {
    const now = await images.get(ref.workspaceId, ref.id);
    if (!now || now.purgedAt !== undefined) return;
    const { id, workspaceId, state, source, createdBy, correlationId, createdAt, deletedAt, version } = now;
    const at = instant(ctx.clock.now());
    const empty = { id, workspaceId, state, source, createdBy, correlationId, createdAt, deletedAt, tags: [], stars: 0 };
    await images.write(images.replacement({ ...empty, updatedAt: at, purgedAt: at, version: version + 1 }));
  });
  return true;
}
