import { jobStore, orderStore } from "@atelier/core/generation";
import { imageStore, shelfFor } from "@atelier/core/library";
import { once, table } from "../../clients.ts";

export const jobs = once(() => jobStore(table()));
export const orders = once(() => orderStore(table()));
export const library = once(() => shelfFor({ images: imageStore(table()) }));
