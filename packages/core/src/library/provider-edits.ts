import { type EditDeps, requestEdit as requestJob } from "../generation/index.ts";
import type { Context, Write } from "../kernel/index.ts";
import { editedSourceType, type Size } from "./edit.ts";
import type { ProviderOperation } from "./edit-request.ts";
import type { FileFacts, Image } from "./image.ts";
import type { VersionMaking } from "./version.ts";

/** Has a provider's model asked for a version: the write that does it, and what is known of it by then. Throws what `requestEdit` of generation does. */
export async function askProvider(
  ctx: Context,
  deps: EditDeps,
  image: Image,
  file: FileFacts,
  { operation, ...wanted }: { operation: ProviderOperation; model: string | undefined; size: Size; versionId: string },
): Promise<{ making: VersionMaking; write: Write }> {
  const { sha256, mimeType, width, height, bytes } = file;
  const source = { sha256, mimeType, width, height, bytes };
  const { job, estimateMicroUsd, write } = await requestJob(ctx, deps, {
    imageId: image.id,
    operation,
    ...wanted,
    source,
    rating: image.rating ?? "general",
  });
  const digitalSourceType = editedSourceType(file.digitalSourceType, [operation]);
  const { provider, model } = job;
  return {
    making: {
      editId: job.id,
      provider,
      model,
      estimateMicroUsd,
      size: wanted.size,
      ...(digitalSourceType !== undefined && { digitalSourceType }),
    },
    write,
  };
}
