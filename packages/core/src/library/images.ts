import {
  actorId,
  type Context,
  eventOf,
  instant,
  newId,
  notFound,
  type Page,
  Problem,
  persist,
  problems,
  requireRole,
  requireVersion,
} from "../kernel/index.ts";
import { isWithin, screen } from "../safety/index.ts";
import { mergedTags, type SaidTag, seenTagsOf } from "./auto-tags.ts";
import { type FolderStore, placed, requireFolder } from "./folders.ts";
import { awaitedUntil, type Image, isReviewable, type Review } from "./image.ts";
import { libraryProblems } from "./problems.ts";
import type { ImageChange, ReviewRequest, UploadRequest } from "./request.ts";
import type { ImageFilter, ImageStore, MediaStore } from "./store.ts";

export type LibraryDeps = { images: ImageStore; media: MediaStore };

export async function find(ctx: Context, { images }: Pick<LibraryDeps, "images">, id: string): Promise<Image> {
  const image = await images.get(ctx.workspaceId, id);
  if (!image || !isThere(ctx, image)) throw notFound("image");
  return image;
}

/** One Query, and one read of the folders where any of them has one. What a folder that is gone held is in no list of a folder. */
export async function list(
  ctx: Context,
  { images, folders }: Pick<LibraryDeps, "images"> & { folders: FolderStore },
  { limit, cursor, ...filter }: ImageFilter & { limit: number; cursor?: string | undefined },
): Promise<Page<Image>> {
  const page = await images.list(ctx.workspaceId, { filter, limit, ...(cursor !== undefined && { cursor }), now: ctx.clock.now() });
  const items = await placed(ctx, { folders }, page.items);
  return { ...page, items: filter.folder === undefined ? items : items.filter(({ folderId }) => folderId === filter.folder) };
}

/** Not in the trash, and not an upload that never came. */
export const isThere = (ctx: Context, image: Image): boolean =>
  image.deletedAt === undefined && (awaitedUntil(image) ?? Number.POSITIVE_INFINITY) >= ctx.clock.now();

/** The row of an image whose file will be posted by its owner. */
export async function announceUpload(ctx: Context, { images }: Pick<LibraryDeps, "images">, request: UploadRequest): Promise<Image> {
  const image: Image = {
    ...blank(ctx, newId("img", ctx.clock.now())),
    source: "upload",
    fileName: request.fileName,
    declaredType: request.contentType,
    declaredBytes: request.bytes,
    tags: request.tags,
    rating: request.rating,
  };
  await images.create(ctx, image);
  return image;
}

type ChangeDeps = Pick<LibraryDeps, "images"> & { folders: FolderStore };

/** What workers write to an image meanwhile, such as its tags, is no reason to refuse what a person says of it. */
export const change = (ctx: Context, deps: ChangeDeps, id: string, wanted: ImageChange, ifVersion?: number): Promise<Image> =>
  persist(() => changeOnce(ctx, deps, id, wanted, ifVersion));

async function changeOnce(
  ctx: Context,
  { images, folders }: ChangeDeps,
  id: string,
  wanted: ImageChange,
  ifVersion: number | undefined,
): Promise<Image> {
  const image = requireVersion(await find(ctx, { images }, id), ifVersion, "image");
  const least = screen({ words: [image.making?.prompt, image.making?.style], negative: image.making?.negativePrompt }).rating;
  if (wanted.rating !== undefined && !isWithin(least, wanted.rating))
    throw new Problem(problems.invalid, "The words that it was made from are stricter.", {
      errors: [{ pointer: "#/rating", detail: `At least “${least}”.` }],
    });
  if (typeof wanted.folderId === "string") await requireFolder(ctx, { folders }, wanted.folderId, "#/folderId");
  const changed = retouched(ctx, image, wanted);
  await images.write(images.replacement(changed));
  return changed;
}

/** Its next version, with what people say of it changed; `null` takes it out of its folder. */
export function retouched(ctx: Context, image: Image, { folderId, ...wanted }: ImageChange): Image {
  const { folderId: was, ...kept } = image;
  const lies = folderId === undefined ? was : (folderId ?? undefined);
  return {
    ...kept,
    ...wanted,
    ...(lies !== undefined && { folderId: lies }),
    updatedAt: instant(ctx.clock.now()),
    version: image.version + 1,
  };
}

/** Into the trash: it leaves every list, and posts that show it are blocked. */
export async function remove(ctx: Context, { images }: Pick<LibraryDeps, "images">, id: string, ifVersion?: number): Promise<void> {
  const gone = binned(ctx, requireVersion(await find(ctx, { images }, id), ifVersion, "image"));
  await images.write(images.replacement(gone, eventOf(ctx, "library.image.deleted", gone, madeFrom(gone))));
}

export async function review(ctx: Context, { images }: Pick<LibraryDeps, "images">, id: string, request: ReviewRequest): Promise<Review> {
  return decide(ctx, images, await find(ctx, { images }, id), request);
}

export async function decide(ctx: Context, images: ImageStore, image: Image, request: ReviewRequest): Promise<Review> {
  requireRole(ctx, ["owner", "reviewer"], "review images");
  if (!isReviewable(image.state))
    throw new Problem(
      libraryProblems.notReviewable,
      image.state === "processing"
        ? "It is still being processed; try again in a moment."
        : "It is quarantined; upload a sound file instead.",
    );
  const at = ctx.clock.now();
  const made: Review = { id: newId("rev", at), imageId: image.id, ...request, by: actorId(ctx), at: instant(at), version: 1 };
  const { decision, note, reasons } = request;
  const reviewed: Image = {
    ...image,
    state: decision,
    review: { decision, by: made.by, at: made.at, ...(note !== undefined && { note }), reasons },
    updatedAt: instant(at),
    version: image.version + 1,
  };
  await images.addReview(ctx, reviewed, made, eventOf(ctx, `library.image.${decision.replaceAll("_", "-")}`, reviewed, madeFrom(image)));
  return made;
}

/** Whoever counts what becomes of a template's images, or of a plan's, is not told of any others. */
export const madeFrom = ({ making }: Image): Record<string, string> => ({
  ...(making?.template && { templateId: making.template.id }),
  ...(making?.plan && { planId: making.plan.id }),
});

/**
 * Adds what a model says that it sees. Its owner may have tagged or reviewed the image meanwhile: that stays as it is. Undefined where it was deleted.
 *
 * @throws Conflict where others go on changing it
 */
export const addSeenTags = (
  ctx: Context,
  { images }: Pick<LibraryDeps, "images">,
  id: string,
  said: readonly SaidTag[],
): Promise<Image | undefined> =>
  persist(async () => {
    const image = await images.get(ctx.workspaceId, id);
    if (!image || image.deletedAt !== undefined) return undefined;
    const seen = seenTagsOf(said);
    if (seen.length === 0) return image;
    const autoTags = mergedTags(image.autoTags ?? [], seen);
    const tagged: Image = { ...image, autoTags, updatedAt: instant(ctx.clock.now()), version: image.version + 1 };
    await images.write(images.replacement(tagged));
    return tagged;
  });

/** Notes that an image has gone out, the first time. */
export const markPosted = (ctx: Context, { images }: Pick<LibraryDeps, "images">, id: string): Promise<void> =>
  persist(async () => {
    const image = await images.get(ctx.workspaceId, id);
    if (!image || image.postedAt !== undefined) return;
    await images.write(images.replacement({ ...image, postedAt: instant(ctx.clock.now()), version: image.version + 1 }));
  });

export const blank = (ctx: Context, id: string): Image => {
  const at = instant(ctx.clock.now());
  return {
    id,
    workspaceId: ctx.workspaceId,
    state: "processing",
    source: "upload",
    tags: [],
    stars: 0,
    createdBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
};

export const binned = (ctx: Context, image: Image): Image => {
  const at = instant(ctx.clock.now());
  return { ...image, deletedAt: at, updatedAt: at, version: image.version + 1 };
};
