import type { EditDeps } from "../generation/index.ts";
import { actorId, type Context, eventOf, instant, newId, type Page, Problem, problems } from "../kernel/index.ts";
import { ImpossibleOperation, isByProvider, type Size, sizesAfter } from "./edit.ts";
import type { EditRequest, ProviderOperation } from "./edit-request.ts";
import { type FileFacts, type Image, isReviewable } from "./image.ts";
import { find, madeFrom } from "./images.ts";
import { libraryProblems } from "./problems.ts";
import { askProvider } from "./provider-edits.ts";
import type { ImageStore } from "./store.ts";
import { currentVersion, type ImageVersion, mostVersions, originalOf } from "./version.ts";

type Deps = { images: ImageStore };
/** `editing` is asked for only where a provider is needed: whoever crops reads no catalogue. */
type RequestDeps = Deps & { editing: () => Promise<EditDeps> };

/** Asks for a new version of an image. Until it is ready the image shows what it showed, approved as it was. */
export async function requestEdit(ctx: Context, { images, editing }: RequestDeps, id: string, request: EditRequest): Promise<ImageVersion> {
  const { operations, from, model } = request;
  const operation = oneByProvider(request);
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
  const size = checkOperations(file, operations);

  const at = ctx.clock.now();
  const versionId = newId("ver", at);
  const asked = operation && (await askProvider(ctx, await editing(), image, file, { operation, model, size, versionId }));
  const made: ImageVersion = {
    id: versionId,
    imageId: id,
    workspaceId: image.workspaceId,
    number: lastVersion + 1,
    state: "processing",
    from: number,
    operations,
    ...(asked && { making: asked.making }),
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
    asked ? { beside: [asked.write] } : { event: eventOf(ctx, "library.edit.requested", made, { imageId: id }) },
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

/** The operation that a provider does, if it is one: that goes alone, and for it alone a model can be chosen. */
function oneByProvider({ operations, model }: EditRequest): ProviderOperation | undefined {
  const place = operations.findIndex(isByProvider);
  const found = operations.find(isByProvider);
  if (found && operations.length > 1)
    throw new Problem(
      problems.invalid,
      `A provider does \`${found.type}\`, and costs: ask for it alone, and for the others before or after.`,
      {
        errors: [{ pointer: `#/operations/${place}`, detail: "The only operation of its edit." }],
      },
    );
  if (!found && model !== undefined)
    throw new Problem(problems.invalid, "No model is asked for these operations: they are done here.", {
      errors: [{ pointer: "#/model", detail: "Only with `remove_background` or `upscale`." }],
    });
  return found;
}

/** The size of what comes of it. */
function checkOperations(file: FileFacts, operations: EditRequest["operations"]): Size {
  try {
    return sizesAfter(file, operations).at(-1) ?? file;
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
  const { problem: _before, ...made } = edit;
  const ended = { ...made, version: edit.version + 1 };
  const next: ImageVersion =
    "problem" in outcome
      ? { ...ended, state: "failed", problem: outcome.problem }
      : { ...ended, state: "ready", readyAt: at, file: outcome.file };
  // The job that has asked a provider for it waits for this.
  const told = edit.making && eventOf(ctx, "library.edit.ended", next, { imageId: edit.imageId, generationId: edit.making.editId });
  const written = images.versionReplacement(next, told);
  if ("problem" in outcome || currentVersion(image) > edit.number) return [written];
  const { review: _withdrawn, ...kept } = image;
  const shown: Image = {
    ...kept,
    state: "in_review",
    file: outcome.file,
    currentVersion: edit.number,
    updatedAt: at,
    version: image.version + 1,
  };
  const whose: Context = { ...ctx, actor: edit.createdBy === "system" ? { kind: "system" } : { kind: "user", userId: edit.createdBy } };
  const news = eventOf(whose, "library.image.edited", shown, { versionId: edit.id, ...madeFrom(image) });
  return [written, images.replacement(shown, news)];
}
