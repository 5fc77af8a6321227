import { type Channel, type Entry, entryUrn } from "@atelier/core/publishing";
import { required } from "../../env.ts";
import type { Page } from "../router.ts";
import { findGallery } from "./find.ts";
import { absentPage, entryPath, galleryPath, pageCacheSeconds, picturePath } from "./parts.ts";
import { entriesAt } from "./wall.ts";

/** The gallery as JSON Feed 1.1. @see https://www.jsonfeed.org/version/1.1/ */
export const jsonFeed: Page = {
  path: "/g/{slug}/feed.json",
  async show({ slug = "" }, event) {
    const gallery = await findGallery(slug);
    if (gallery.kind !== "here") return absentPage(gallery.kind);
    const { items, nextCursor } = await entriesAt(gallery.value.id, event);
    const base = required("PUBLIC_URL");
    const { name, description } = gallery.value;
    const feed = {
      version: "https://jsonfeed.org/version/1.1",
      title: name,
      ...(description && { description }),
      home_page_url: `${base}${galleryPath(slug)}`,
      feed_url: `${base}${galleryPath(slug)}/feed.json`,
      ...(nextCursor && { next_url: `${base}${galleryPath(slug)}/feed.json?cursor=${encodeURIComponent(nextCursor)}` }),
      items: items.map((entry) => itemOf(entry, gallery.value, base)),
    };
    return {
      statusCode: 200,
      headers: {
        "content-type": "application/feed+json; charset=utf-8",
        "cache-control": `public, max-age=${pageCacheSeconds}`,
        "access-control-allow-origin": "*",
      },
      body: JSON.stringify(feed),
    };
  },
};

function itemOf(entry: Entry, { slug }: Channel, base: string) {
  const pictures = entry.images.map((image, index) => ({ ...image, url: `${base}${picturePath(slug, entry, index)}` }));
  return {
    id: entryUrn(entry),
    url: `${base}${entryPath(slug, entry)}`,
    content_text: entry.caption,
    ...(pictures[0] && { image: pictures[0].url }),
    date_published: entry.publishedAt,
    tags: entry.hashtags,
    attachments: pictures.map(({ url, alt }) => ({ url, mime_type: "image/webp", ...(alt && { title: alt }) })),
    _atelier: {
      images: pictures.map(({ url, alt, width, height, digitalSourceType }) => ({
        url,
        alt,
        width,
        height,
        digital_source_type: digitalSourceType,
      })),
    },
  };
}
