import { Problem } from "@atelier/core/kernel";
import type { Entry } from "@atelier/core/publishing";
import type { HttpEvent } from "../event.ts";
import { html, htmlPage } from "../html.ts";
import type { Page } from "../router.ts";
import { feed } from "./deps.ts";
import { findGallery } from "./find.ts";
import { absentPage, day, disclosure, entryPath, footer, galleryPath, pageCacheSeconds, picture } from "./parts.ts";
import { style } from "./style.ts";

export const entriesPerPage = 30;

/** A cursor in an address may be anything; one that is not ours leads to the first page. */
export async function entriesAt(channelId: string, event: HttpEvent) {
  const cursor = event.queryStringParameters?.cursor;
  try {
    return await feed().list(channelId, { limit: entriesPerPage, cursor });
  } catch (error) {
    if (error instanceof Problem && cursor !== undefined) return feed().list(channelId, { limit: entriesPerPage });
    throw error;
  }
}

/** The gallery as a page, newest first. */
export const wall: Page = {
  path: "/g/{slug}",
  async show({ slug = "" }, event) {
    const gallery = await findGallery(slug);
    if (gallery.kind !== "here") return absentPage(gallery.kind);
    const channel = gallery.value;
    const { items, nextCursor } = await entriesAt(channel.id, event);
    const card = (entry: Entry, place: number) => {
      const [first] = entry.images;
      return html`<li><a href="${entryPath(slug, entry)}">${first && picture(slug, entry, 0, first, place < 4)}
<p class="caption">${entry.caption}</p></a>
<p class="meta">${day(entry.publishedAt)}${entry.images.length > 1 && html` · ${entry.images.length} pictures`}${disclosure(entry) && html` · ${disclosure(entry)}`}</p></li>`;
    };
    return htmlPage({
      title: channel.name,
      cacheSeconds: pageCacheSeconds,
      style,
      head: html`<meta name="description" content="${channel.description || channel.name}">
<link rel="alternate" type="application/feed+json" title="${channel.name}" href="${galleryPath(slug)}/feed.json">`,
      body: html`<header><h1>${channel.name}</h1>${channel.description && html`<p class="lead">${channel.description}</p>`}</header>
<main>${items.length === 0 ? html`<p class="empty">No pictures yet. Come back soon.</p>` : html`<ul class="wall">${items.map(card)}</ul>`}
${nextCursor && html`<p class="more"><a href="${galleryPath(slug)}?cursor=${encodeURIComponent(nextCursor)}" rel="next">Older pictures</a></p>`}</main>
${footer(channel)}`,
    });
  },
};
