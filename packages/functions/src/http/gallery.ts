import { entryPage } from "./gallery/entry.ts";
import { jsonFeed } from "./gallery/json-feed.ts";
import { pictureFile } from "./gallery/picture.ts";
import { wall } from "./gallery/wall.ts";
import { area } from "./pipeline.ts";

export const handler = area("gallery", [], [wall, jsonFeed, entryPage, pictureFile]);
