import { jobStore } from "@atelier/core/generation";
import { imageStore, libraryFor } from "@atelier/core/library";
import { media, once, table } from "../../clients.ts";

export const jobs = once(() => jobStore(table()));
export const library = once(() => libraryFor({ images: imageStore(table()), media: media() }));
