import type { Library, Shelf } from "../generation/index.ts";
import { persist } from "../kernel/index.ts";
import { editSource, editStanding, failEdit } from "./edit-shelf.ts";
import { type Image, paths } from "./image.ts";
import { binned, blank, type LibraryDeps } from "./images.ts";

/** What whoever draws needs of the library. */
export const libraryFor = ({ images, media }: LibraryDeps): Library => ({
  ...shelfFor({ images }),
  source: (ctx, edit) => editSource(ctx, { images, media }, edit),
  deliver(ctx, id, { bytes, mimeType, provider, model, modelVersion, seed, requestId, costMicroUsd }, renderMs, { edit, ...job }) {
    const path = edit ? paths.incomingVersion(ctx.workspaceId, edit.imageId, id) : paths.incoming(ctx.workspaceId, id);
    return media.put(path, bytes, mimeType, {
      notes: {
        ...{ provider, model },
        ...(isPlain(modelVersion) && { "model-version": modelVersion }),
        ...(seed !== undefined && { seed: String(seed) }),
        ...(isPlain(requestId) && { "request-id": requestId }),
        // A version tells what it has cost in all; what images have cost, their attempts tell.
        "cost-micro-usd": String(edit ? job.costMicroUsd + costMicroUsd : costMicroUsd),
        "render-ms": String(renderMs),
      },
    });
  },
});

/** What generation needs of the library's rows. */
export function shelfFor({ images }: Pick<LibraryDeps, "images">): Shelf {
  return {
    announce(ctx, id, job, seed) {
      const { prompt, negativePrompt, template, plan, style, quality, provider, model, width, height } = job;
      const image: Image = {
        ...blank(ctx, id),
        source: "generation",
        tags: job.tags,
        rating: job.rating ?? "general",
        createdBy: job.requestedBy,
        // As its id says, so that lists by date and by id agree.
        createdAt: job.createdAt,
        making: {
          generationId: job.id,
          ...{ prompt, negativePrompt, template, plan, style, quality, provider, model, seed, width, height },
          costMicroUsd: 0,
          queueMs: Math.max(0, ctx.clock.now() - Date.parse(job.createdAt)),
        },
      };
      return images.insertion(image);
    },
    async progress(job) {
      if (job.edit) return [await editStanding(images, job, job.edit)];
      const known = await images.getMany(job.workspaceId, job.imageIds);
      return known.map((image) => {
        if (!image) return "pending";
        if (image.deletedAt !== undefined || image.state === "quarantined") return "bad";
        return image.state === "processing" ? "pending" : "good";
      });
    },
    async withdrawals(ctx, ids) {
      const known = await images.getMany(ctx.workspaceId, ids);
      return known
        .filter((image): image is Image => image?.state === "processing" && image.deletedAt === undefined)
        .map((image) => images.replacement(binned(ctx, image)));
    },
    async withdraw(ctx, job, ids, why) {
      if (job.edit) return ids.length > 0 ? failEdit(images, job, job.edit, why) : undefined;
      for (const id of ids)
        await persist(async () => {
          const image = await images.get(ctx.workspaceId, id);
          // What somebody has worked on is theirs.
          if (!image || image.deletedAt !== undefined || image.review || image.lastVersion !== undefined) return;
          await images.write(images.replacement(binned(ctx, image)));
        });
    },
  };
}

/** Notes travel in headers, and these words come from outside. */
const isPlain = (words: string | undefined): words is string => words !== undefined && /^[\x21-\x7e]{1,120}$/.test(words);
