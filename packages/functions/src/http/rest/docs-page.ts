import { once } from "../../clients.ts";
import { type Html, html, htmlPage } from "../html.ts";
import type { Page } from "../router.ts";
import { openApiText } from "./openapi-document.ts";
import { style } from "./style.ts";

type Schema = { $ref?: string; type?: string; enum?: unknown[]; format?: string; minimum?: number; maximum?: number; items?: Schema };
type Content = Record<string, { schema?: Schema; example?: unknown; examples?: Record<string, unknown> }>;
type Described = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Listed = Described & { method: string; path: string };

type Titles = Record<string, { value: { title: string } }>;
type ApiDocument = {
  info: { description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { examples: Titles };
};

const described = once(() => {
  const document = JSON.parse(openApiText()) as ApiDocument;
  const operations: Listed[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, op]) => ({ ...op, method: method.toUpperCase(), path })),
  );
  return { ...document, operations, titles: document.components.examples };
});

/** The API, operation by operation, as one page without script. */
export const docsPage: Page = {
  path: "/docs",
  show: async () =>
    htmlPage({
      title: "Atelier API",
      cacheSeconds: 300,
      style,
      body: html`<main><h1>Atelier API</h1><p>${prose(described().info.description)}</p>
<p class="quiet">Base path <code>/v1</code>. <a href="/v1/openapi.json">OpenAPI 3.1 document</a>. Send <code>Authorization: Bearer</code> with the access token of a sign-in.</p>
${described().tags.map(({ name, description }) => areaSection(name, description))}</main>`,
    }),
};

function areaSection(name: string, description: string): Html {
  const own = described().operations.filter((op) => op.tags.includes(name));
  return html`<section><h2 id="${name}">${name}</h2><p>${description}</p>
<nav aria-label="${name}"><ul>${own.map((op) => html`<li><a href="#${op.operationId}">${op.summary}</a></li>`)}</ul></nav>
${own.map(operationSection)}</section>`;
}

function operationSection(op: Listed): Html {
  const body = op.requestBody?.content["application/json"];
  const [status = "", success] = Object.entries(op.responses).find(([code]) => code.startsWith("2")) ?? [];
  const [answer] = Object.values(success?.content ?? {});
  const problems = Object.entries(op.responses).filter(([code]) => !code.startsWith("2"));
  return html`<article><h3 id="${op.operationId}">${op.summary}</h3>
<p><code><span class="method">${op.method}</span> ${op.path}</code>${op.security.length === 0 && html` <span class="quiet">no sign-in needed</span>`}</p>
<p>${prose(op.description)}</p>
${op.parameters.length > 0 && html`<table><thead><tr><th>Parameter</th><th>In</th><th>What</th></tr></thead><tbody>${op.parameters.map(parameterRow)}</tbody></table>`}
${body?.example !== undefined && html`<details><summary>Request</summary><pre tabindex="0">${json(body.example)}</pre></details>`}
<details><summary>Answer ${status}</summary>${answer?.example === undefined ? html`<p>No body.</p>` : html`<pre tabindex="0">${typeof answer.example === "string" ? answer.example : json(answer.example)}</pre>`}</details>
<details><summary>Problems</summary><table><tbody>${problems.map(([code, { content }]) => Object.keys(content?.["application/problem+json"]?.examples ?? {}).map((name) => problemRow(code, name.replace(".", "/"), described().titles[name]?.value.title ?? "")))}</tbody></table></details></article>`;
}

const parameterRow = ({ name, in: place, required, description, schema }: Described["parameters"][number]): Html =>
  html`<tr><td><code>${name}</code>${required && html` <span class="quiet">required</span>`}</td><td>${place}</td><td>${prose(description ?? "")} ${allowed(schema)}</td></tr>`;

const problemRow = (status: string, code: string, title: string): Html =>
  html`<tr><td>${status}</td><td><a href="/docs/problems/${code}"><code>${code}</code></a></td><td>${title}</td></tr>`;

function allowed({ enum: values, minimum, maximum }: Schema): string {
  if (values) return values.join(", ");
  return minimum !== undefined && maximum !== undefined && maximum < 1e9 ? `${minimum} to ${maximum}` : "";
}

/** Text whose parts between backticks are code. */
const prose = (text: string): Html[] =>
  text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

const json = (value: unknown): string => JSON.stringify(value, null, 2);
