import pages from "../../../generated/problems.json" with { type: "json" };
import { html, htmlPage } from "../html.ts";
import type { Page } from "../router.ts";
import { style } from "./style.ts";

type ProblemText = { code: string; title: string; status: number; paragraphs: string[] };

/** What a kind of problem means and what to do: the address that `type` gives. */
export const problemPage: Page = {
  path: "/docs/problems/{area}/{name}",
  async show({ area, name }) {
    const found = (pages as ProblemText[]).find((page) => page.code === `${area}/${name}`);
    if (!found)
      return htmlPage({
        title: "No such problem",
        status: 404,
        style,
        body: html`<main><h1>No such problem</h1><p><a href="/docs">The API’s documentation</a></p></main>`,
      });
    return htmlPage({
      title: found.title,
      cacheSeconds: 300,
      style,
      body: html`<main><p class="quiet"><a href="/docs">API</a> · problems</p><h1>${found.title}</h1>
<p><code>${found.code}</code>, HTTP ${found.status}</p>${found.paragraphs.map((text) => html`<p>${text}</p>`)}</main>`,
    });
  },
};
