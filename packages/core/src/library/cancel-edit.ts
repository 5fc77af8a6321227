import { cancelEdit as cancelJob, type JobStore } from "../generation/index.ts";
import { type Context, notFound, Problem, persist, troubleOf } from "../kernel/index.ts";
import { find, type LibraryDeps } from "./images.ts";
import { libraryProblems } from "./problems.ts";
import type { ImageVersion } from "./version.ts";

type Deps = Pick<LibraryDeps, "images"> & { jobs: JobStore };

/**
 * Stops an edit that a provider's model is asked for: its version has failed, and the image stays as it was. Nothing more is asked for; what was, is paid.
 * Throws `library/edit-not-cancelable` where the version is ready or has failed, or is made here, which takes seconds.
 */
export const cancelEdit = (ctx: Context, deps: Deps, imageId: string, versionId: string): Promise<ImageVersion> =>
  // A worker writes to the same rows.
  persist(() => cancelOnce(ctx, deps, imageId, versionId));

async function cancelOnce(ctx: Context, { images, jobs }: Deps, imageId: string, versionId: string): Promise<ImageVersion> {
  await find(ctx, { images }, imageId);
  const version = await images.version(ctx.workspaceId, imageId, versionId);
  if (!version) throw notFound("version");
  if (version.problem?.code === libraryProblems.editCanceled.code) return version;
  const { state, making } = version;
  if (state !== "processing" || !making)
    throw new Problem(
      libraryProblems.editNotCancelable,
      state === "processing"
        ? "It is made here, and will be ready in seconds."
        : `It ${state === "ready" ? "is ready" : "has failed"} already.`,
    );
  const canceled = (costMicroUsd: number | undefined): ImageVersion => ({
    ...version,
    state: "failed",
    problem: troubleOf(libraryProblems.editCanceled, "It was stopped before it was ready. The image is as it was."),
    making: { ...making, ...(costMicroUsd !== undefined && { costMicroUsd }) },
    version: version.version + 1,
  });
  const isDone = await cancelJob(ctx, { jobs }, making.editId, (spent) => images.versionReplacement(canceled(spent)));
  if (!isDone) throw new Problem(libraryProblems.editNotCancelable, "It is coming to its end at this moment. Look at it again.");
  return (await images.version(ctx.workspaceId, imageId, versionId)) ?? version;
}
