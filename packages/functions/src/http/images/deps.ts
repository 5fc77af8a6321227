import { type FolderStore, folderStore, imageStore, type LibraryDeps } from "@atelier/core/library";
import { media, once, table } from "../../clients.ts";

export const libraryDeps = once((): LibraryDeps & { folders: FolderStore } => ({
  images: imageStore(table()),
  media: media(),
  folders: folderStore(table()),
}));
