import type { Channel, Entry, EntryImage } from "@atelier/core/publishing";
import { thumbHashToAverageRGBA } from "thumbhash";
import type { HttpResult } from "../event.ts";
import { type Html, html, htmlPage } from "../html.ts";
import { style } from "./style.ts";

export const pageCacheSeconds = 60;

export const galleryPath = (slug: string): string => `/g/${slug}`;
export const entryPath = (slug: string, entry: Pick<Entry, "id">): string => `${galleryPath(slug)}/${entry.id}`;
/** Pictures are served under their entry, so that they go with it. */
export const picturePath = (slug: string, entry: Pick<Entry, "id">, index: number): string => `${entryPath(slug, entry)}/${index + 1}.webp`;

export function picture(slug: string, entry: Entry, index: number, image: EntryImage, eager: boolean): Html {
  return html`<img src="${picturePath(slug, entry, index)}" alt="${image.alt}" width="${image.width}" height="${image.height}" style="background:${averageColour(image.thumbhash)}"${eager ? "" : html` loading="lazy"`} decoding="async">`;
}

function averageColour(thumbhash: string): string {
  const bytes = Buffer.from(thumbhash, "base64");
  if (bytes.length < 5) return "transparent";
  const { r, g, b } = thumbHashToAverageRGBA(bytes);
  return `rgb(${[r, g, b].map((part) => Math.round(part * 255)).join(" ")})`;
}

export const day = (instant: string): Html =>
  html`<time datetime="${instant}">${new Date(instant).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })}</time>`;

/** How the pictures were made, where that is known. */
export const disclosure = (entry: Entry): string | undefined =>
  entry.images.some((image) => image.digitalSourceType === "algorithmicMedia")
    ? "Drawn by a program from words"
    : entry.images.some((image) => image.digitalSourceType?.startsWith("trainedAlgorithmicMedia"))
      ? "Made with AI"
      : undefined;

export const footer = (channel: Channel): Html =>
  html`<footer><p><a href="${galleryPath(channel.slug)}/feed.json">JSON Feed</a><span>Made with Atelier</span></p></footer>`;

/** The page for what is not there, in the look of the others. */
export function absentPage(kind: "missing" | "gone"): HttpResult {
  const [status, title, words] =
    kind === "gone"
      ? [410, "Taken down", "What was here has been taken down by the people who made it."]
      : [404, "Nothing here", "There is no gallery or picture at this address. Perhaps a letter is missing?"];
  return htmlPage({ title, status, style, body: html`<header><h1>${title}</h1><p class="lead">${words}</p></header>` });
}
