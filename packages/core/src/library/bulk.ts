import { Conflict, type Context, eventOf, isBusy, notFound, Problem, problems, type Trouble, troubleOf } from "../kernel/index.ts";
import type { BulkRequest } from "./bulk-request.ts";
import { type FolderStore, requireFolder } from "./folders.ts";
import { type Image, mostTags } from "./image.ts";
import { binned, decide, isThere, madeFrom, retouched } from "./images.ts";
import type { ImageStore } from "./store.ts";
import { restored } from "./trash.ts";

type Deps = { images: ImageStore; folders: FolderStore };

/** What has become of one image of many. `unchanged`: it was so before. */
export type Outcome = { imageId: string; outcome: "done" | "unchanged" | "refused"; problem?: Trouble };

/** Images that are written at the same time. */
const atOnce = 10;
const rounds = 4;

/** Does the same to many images, each by itself: what one of them refuses holds up no other. One read of all, and a write for each. */
export async function changeMany(ctx: Context, deps: Deps, { imageIds, change }: BulkRequest): Promise<Outcome[]> {
  if (change.action === "move" && change.folderId !== null) await requireFolder(ctx, deps, change.folderId, "#/change/folderId");
  const ids = [...new Set(imageIds)];
  const known = await deps.images.getMany(ctx.workspaceId, ids);
  const outcomes: Outcome[] = [];
  for (let at = 0; at < ids.length; at += atOnce)
    outcomes.push(...(await Promise.all(ids.slice(at, at + atOnce).map((id, index) => one(ctx, deps, id, known[at + index], change)))));
  return outcomes;
}

async function one(
  ctx: Context,
  { images }: Deps,
  imageId: string,
  known: Image | undefined,
  change: BulkRequest["change"],
): Promise<Outcome> {
  let image = known;
  for (let round = 1; ; round += 1) {
    try {
      return { imageId, outcome: (await act(ctx, images, image, change)) ? "done" : "unchanged" };
    } catch (error) {
      if (error instanceof Problem) return { imageId, outcome: "refused", problem: troubleOf(error.type, error.message) };
      if (isBusy(error))
        return {
          imageId,
          outcome: "refused",
          problem: troubleOf(problems.unavailable, "The database is too busy. Try again in a moment."),
        };
      if (!(error instanceof Conflict)) throw error;
      if (round === rounds)
        return { imageId, outcome: "refused", problem: troubleOf(problems.conflict, "Others keep changing it. Try again in a moment.") };
      image = await images.get(ctx.workspaceId, imageId);
    }
  }
}

/** Whether there was something to do. */
async function act(ctx: Context, images: ImageStore, image: Image | undefined, change: BulkRequest["change"]): Promise<boolean> {
  if (!image) throw notFound("image");
  if (change.action === "restore") return (await restored(ctx, images, image)) !== image;
  if (change.action === "delete" && image.deletedAt !== undefined && image.purgedAt === undefined) return false;
  if (!isThere(ctx, image)) throw notFound("image");
  const write = async (next: Image) => {
    await images.write(images.replacement(next));
    return true;
  };
  switch (change.action) {
    case "tag": {
      const tags = [...new Set([...image.tags, ...change.tags])];
      if (change.tags.every((tag) => image.tags.includes(tag))) return false;
      if (tags.length > mostTags) throw new Problem(problems.invalid, `It would have ${tags.length} tags; at most ${mostTags} are kept.`);
      return write(retouched(ctx, image, { tags }));
    }
    case "untag": {
      const tags = image.tags.filter((tag) => !change.tags.includes(tag));
      return tags.length !== image.tags.length && write(retouched(ctx, image, { tags }));
    }
    case "star":
      return image.stars !== change.stars && write(retouched(ctx, image, { stars: change.stars }));
    case "move":
      return (image.folderId ?? null) !== change.folderId && write(retouched(ctx, image, { folderId: change.folderId }));
    case "delete": {
      const gone = binned(ctx, image);
      await images.write(images.replacement(gone, eventOf(ctx, "library.image.deleted", gone, madeFrom(gone))));
      return true;
    }
    case "approve":
    case "reject": {
      const decision = change.action === "approve" ? "approved" : "rejected";
      if (image.state === decision) return false;
      await decide(ctx, images, image, { decision, note: change.note, reasons: change.action === "reject" ? change.reasons : [] });
      return true;
    }
  }
}
