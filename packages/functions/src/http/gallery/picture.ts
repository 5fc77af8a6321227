import { media } from "../../clients.ts";
import type { HttpResult } from "../event.ts";
import type { Page } from "../router.ts";
import { findEntry } from "./find.ts";
import { absentPage } from "./parts.ts";

/** Caches ask again after this, so that what is taken down disappears. */
const cacheSeconds = 300;

/** A picture of an entry: stable address, no redirect, since networks fetch from here too. */
export const pictureFile: Page = {
  path: "/g/{slug}/{entryId}/{file}",
  async show({ slug = "", entryId = "", file = "" }, event): Promise<HttpResult> {
    const found = await findEntry(slug, entryId);
    if (found.kind !== "here") return absentPage(found.kind);
    const image = found.value.entry.images[Number(/^([1-9]\d?)\.webp$/.exec(file)?.[1] ?? 0) - 1];
    if (!image) return absentPage("missing");
    // The entry never changes, only goes: its id is tag enough.
    const etag = `"${entryId}-${file}"`;
    const headers = { etag, "cache-control": `public, max-age=${cacheSeconds}`, "x-content-type-options": "nosniff" };
    if (event.headers["if-none-match"] === etag) return { statusCode: 304, headers };
    const stored = await media().get(image.path);
    if (!stored) return absentPage("gone");
    return {
      statusCode: 200,
      headers: { ...headers, "content-type": "image/webp" },
      body: stored.bytes.toString("base64"),
      isBase64Encoded: true,
    };
  },
};
