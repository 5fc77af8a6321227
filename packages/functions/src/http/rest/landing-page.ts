import { html, htmlPage } from "../html.ts";
import type { Page } from "../router.ts";
import { style } from "./style.ts";

/** What stands at `/` as long as no studio does. */
export const landingPage: Page = {
  path: "/",
  show: async () =>
    htmlPage({
      title: "Atelier",
      cacheSeconds: 60,
      style,
      body: html`<main><h1>Atelier</h1>
<p>Generate images, review them, publish them on schedule, and know where every one of them came from.</p>
<ul><li><a href="/docs">The API, operation by operation</a></li>
<li><a href="/v1/openapi.json">OpenAPI 3.1 document</a></li>
<li><a href="/v1/health">Health</a></li></ul></main>`,
    }),
};
