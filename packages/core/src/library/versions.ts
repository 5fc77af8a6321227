import { actorId, type Context, eventOf, instant, newId, type Page, Problem, problems } from "../kernel/index.ts";
import { ImpossibleOperation, sizesAfter } from "./edit.ts";
import type { EditRequest } from "./edit-request.ts";
import { type FileFacts, type Image, isReviewable } from "./image.ts";
import { find, madeFrom } from "./images.ts";
import { libraryProblems } from "./problems.ts";
import type { ImageStore } from "./store.ts";
import { currentVersion, type ImageVersion, mostVersions, originalOf } from "./version.ts";

type Deps = { images: ImageStore };

/** Asks for a new version of an image. Until it is ready the image shows what it showed, approved as it was. */
export async function requestEdit(ctx: Context, { images }: Deps, id: string, { operations, from }: EditRequest): Promise<ImageVersion> {
  const image = await find(ctx, { images }, id);
  if (!isReviewable(image.state) || !image.file)
    throw new Problem(
      libraryProblems.notEditable,
      image.state === "processing"
        ? "It is still being processed; try again in a moment."
        : "It is quarantined, and nothing of it was kept; upload a sound file instead.",
    );
  const { lastVersion = 1 } = image;
  if (lastVersion >= mostVersions)
    throw new Problem(libraryProblems.tooManyVersions, `It has ${mostVersions} versions, the most that an image can have.`);
  if (from === undefined) await requireNoneInHand({ images }, image);
  const number = from ?? currentVersion(image);
  const file = await fileOf({ images }, image, number);
  checkOperations(file, operations);

  const at = ctx.clock.now();
  const made: ImageVersion = {
    id: newId("ver", at),
    imageId: id,
    workspaceId: image.workspaceId,
    number: lastVersion + 1,
    state: "processing",
    from: number,
    operations,
    createdBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    version: 1,
  };
  const counted: Image = { ...image, lastVersion: made.number, updatedAt: made.createdAt, version: image.version + 1 };
  await images.addVersions(
    ctx,
    counted,
    lastVersion === 1 ? [originalOf(image), made] : [made],
    eventOf(ctx, "library.edit.requested", made, { imageId: id }),
  );
  return made;
}

/** Of two edits in a row the second is meant to go on from the first: where that is not ready, nothing is made that would leave it out. */
async function requireNoneInHand({ images }: Deps, image: Image): Promise<void> {
  if ((image.lastVersion ?? 1) === currentVersion(image)) return;
  const { items } = await images.versions(image.workspaceId, image.id, { limit: 10 });
  const open = items.find(({ state }) => state === "processing");
  if (open)
    throw new Problem(
      libraryProblems.editInHand,
      `Version ${open.number} is being made. Wait until it is ready, or say with \`from\` which version to go on from: the image shows ${currentVersion(image)}.`,
    );
}

async function fileOf({ images }: Deps, image: Image, number: number): Promise<FileFacts> {
  if (number === currentVersion(image) && image.file) return image.file;
  const version = (image.lastVersion ?? 1) >= number ? await images.versionBy(image.workspaceId, image.id, number) : undefined;
  if (version?.state !== "ready" || !version.file)
    throw new Problem(problems.invalid, "There is no such version to edit.", {
      errors: [{ pointer: "#/from", detail: `It has ${image.lastVersion ?? 1} versions, and only one that is ready can be edited.` }],
    });
  return version.file;
}

function checkOperations(file: FileFacts, operations: EditRequest["operations"]): void {
  try {
    sizesAfter(file, operations);
  } catch (error) {
    if (!(error instanceof ImpossibleOperation)) throw error;
    throw new Problem(problems.invalid, "An operation cannot be done to this picture.", {
      errors: [{ pointer: `#/operations/${error.index}/${error.member}`, detail: error.message }],
    });
  }
}

/** Newest first; of an image that was never edited, the original alone. */
export async function listVersions(
  ctx: Context,
  { images }: Deps,
  id: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<ImageVersion>> {
  const image = await find(ctx, { images }, id);
  if (image.lastVersion === undefined && page.cursor === undefined && image.file) return { items: [originalOf(image)], nextCursor: null };
  return images.versions(ctx.workspaceId, id, page);
}

/** What comes of an edit: its file, or why there is none. */
export type EditOutcome = { file: FileFacts } | { problem: NonNullable<ImageVersion["problem"]> };

/**
 * Writes down what has come of an edit. The image shows the version with the highest number that is ready; it has to be approved anew, since an approval
 * is of the content. What is known of it, its rating above all, stays.
 */
export function finished(ctx: Context, images: ImageStore, image: Image, edit: ImageVersion, outcome: EditOutcome) {
  const at = instant(ctx.clock.now());
  if ("problem" in outcome)
    return [images.versionReplacement({ ...edit, state: "failed", problem: outcome.problem, version: edit.version + 1 })];
  const { problem: _before, ...made } = edit;
  const ready: ImageVersion = { ...made, state: "ready", file: outcome.file, readyAt: at, version: edit.version + 1 };
  if (currentVersion(image) > edit.number) return [images.versionReplacement(ready)];
  const { review: _withdrawn, ...kept } = image;
  const shown: Image = {
    ...kept,
    state: "in_review",
    file: outcome.file,
    currentVersion: edit.number,
    updatedAt: at,
    version: image.version + 1,
  };
  const news = eventOf(ctx, "library.image.edited", shown, { versionId: edit.id, ...madeFrom(image) });
  return [images.versionReplacement(ready), images.replacement(shown, news)];
}
