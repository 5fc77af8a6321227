import { required } from "../../env.ts";
import { html, htmlPage } from "../html.ts";
import type { Page } from "../router.ts";
import { findEntry } from "./find.ts";
import { absentPage, day, disclosure, footer, galleryPath, pageCacheSeconds, picture, picturePath } from "./parts.ts";
import { style } from "./style.ts";

/** One entry as a page. */
export const entryPage: Page = {
  path: "/g/{slug}/{entryId}",
  async show({ slug = "", entryId = "" }) {
    const found = await findEntry(slug, entryId);
    if (found.kind !== "here") return absentPage(found.kind);
    const { channel, entry } = found.value;
    const [firstLine = ""] = entry.caption.split("\n");
    const title = firstLine.length > 80 ? `${firstLine.slice(0, 79)}…` : firstLine || channel.name;
    const made = disclosure(entry);
    return htmlPage({
      title: `${title} · ${channel.name}`,
      cacheSeconds: pageCacheSeconds,
      style,
      head: html`<meta property="og:title" content="${title}"><meta property="og:type" content="article">
<meta property="og:image" content="${required("PUBLIC_URL")}${picturePath(slug, entry, 0)}"><meta name="description" content="${entry.caption.slice(0, 160)}">`,
      body: html`<header><p class="meta"><a href="${galleryPath(slug)}">${channel.name}</a></p></header>
<main><article><div class="sheet">${entry.images.map((image, index) => html`<figure>${picture(slug, entry, index, image, index === 0)}</figure>`)}</div>
${entry.caption && html`<p class="words">${entry.caption}</p>`}
${entry.hashtags.length > 0 && html`<ul class="tags">${entry.hashtags.map((tag) => html`<li>#${tag}</li>`)}</ul>`}
<p class="meta">${day(entry.publishedAt)}${made && html` · ${made}`}</p></article></main>
${footer(channel)}`,
    });
  },
};
