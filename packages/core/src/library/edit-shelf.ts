import { type EditOf, generationProblems, type Job, type Library, type Shelf } from "../generation/index.ts";
import { type Context, persist, type Trouble, troubleOf } from "../kernel/index.ts";
import { type MimeType, paths } from "./image.ts";
import type { LibraryDeps } from "./images.ts";
import type { ImageStore } from "./store.ts";
import type { ImageVersion } from "./version.ts";

type Standing = Awaited<ReturnType<Shelf["progress"]>>[number];

/** The picture that a provider is to change, if it is still there and not in the trash. */
export async function editSource(
  { workspaceId }: Context,
  { images, media }: LibraryDeps,
  { imageId, source }: EditOf,
): ReturnType<Library["source"]> {
  const image = await images.get(workspaceId, imageId);
  if (!image || image.deletedAt !== undefined) return undefined;
  const file = await media.get(paths.original(workspaceId, imageId, { ...source, mimeType: source.mimeType as MimeType }));
  if (!file) return undefined;
  const { mimeType, width, height } = source;
  return { bytes: file.bytes, mimeType, width, height, rating: image.rating ?? "general" };
}

/** How far the version has come that a provider's edit is to make. */
export async function editStanding(images: ImageStore, { workspaceId, imageIds }: Job, { imageId }: EditOf): Promise<Standing> {
  const version = await images.version(workspaceId, imageId, imageIds[0] ?? "");
  // Emptied out of the trash long ago: nothing comes of it any more.
  if (!version) return "bad";
  if (version.state === "processing") return "pending";
  return version.state === "ready" ? "good" : "bad";
}

/** Nobody will make it any more: the version says why, and what was spent all the same, also if that is settled later. */
export const failEdit = (images: ImageStore, job: Job, { imageId }: EditOf, why?: Trouble): Promise<void> =>
  persist(async () => {
    const version = await images.version(job.workspaceId, imageId, job.imageIds[0] ?? "");
    const { state, making, problem } = version ?? {};
    if (!version || !making || state === "ready" || (state === "failed" && making.costMicroUsd === job.costMicroUsd)) return;
    const last = job.attempts.at(-1);
    const failed: ImageVersion = {
      ...version,
      state: "failed",
      problem: problem ?? why ?? troubleOf(generationProblems.failed, "It could not be made. The image is as it was; try again later."),
      making: { ...making, ...(last && { provider: last.provider, model: last.model }), costMicroUsd: job.costMicroUsd },
      version: version.version + 1,
    };
    await images.write(images.versionReplacement(failed));
  });
