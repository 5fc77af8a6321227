import { imageStore, type LibraryDeps } from "@atelier/core/library";
import { media, once, table } from "../../clients.ts";

export const libraryDeps = once((): LibraryDeps => ({ images: imageStore(table()), media: media() }));
