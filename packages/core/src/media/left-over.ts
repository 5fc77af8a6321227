import { type FileFacts, type LibraryDeps, removeFiles } from "../library/index.ts";

/**
 * Files come before the rows that point at them. If no row came, since the image was deleted or taken back meanwhile, nobody would ever remove them: what the
 * trash empties is what rows point at. They stay where another worker was faster, and its row points at the same.
 */
export async function removeLeftOver({ images, media }: LibraryDeps, workspaceId: string, imageId: string, file: FileFacts): Promise<void> {
  const [image, { versions }] = await Promise.all([images.get(workspaceId, imageId), images.keptOf(workspaceId, imageId)]);
  if ([image, ...versions].some((one) => one?.file?.sha256 === file.sha256)) return;
  await removeFiles(media, workspaceId, imageId, file);
}
