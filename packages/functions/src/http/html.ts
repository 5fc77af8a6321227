import type { HttpResult } from "./event.ts";

/** Text that is already HTML. */
export type Html = { readonly html: string };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);

const shown = (value: unknown): string => {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(shown).join("");
  return typeof value === "object" && "html" in value ? String(value.html) : escaped(String(value));
};

/** A template whose values are escaped unless they are HTML themselves. */
export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html => ({
  html: parts.reduce((text, part, index) => text + part + (index < values.length ? shown(values[index]) : ""), ""),
});

/** Trusts `text` to be HTML: for what this code wrote itself. */
export const raw = (text: string): Html => ({ html: text });

export type Look = { title: string; status?: number; cacheSeconds?: number; head?: Html; style: string; body: Html; language?: string };

/** A whole page. It may load pictures from here and nothing else: no script, no frame, nothing from elsewhere. */
export function htmlPage({ title, status = 200, cacheSeconds = 0, head = raw(""), style, body, language = "en" }: Look): HttpResult {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
<style>${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return {
    statusCode: status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": cacheSeconds > 0 ? `public, max-age=${cacheSeconds}` : "no-store",
      "content-security-policy":
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    },
    body: page.html,
  };
}
