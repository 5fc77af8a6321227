import { type FeedStore, feedStore } from "@atelier/core/publishing";
import { once, table } from "../../clients.ts";

export const feed = once((): FeedStore => feedStore(table()));
