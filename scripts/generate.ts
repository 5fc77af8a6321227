import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/**
 * Writes what follows from the operations and from docs/problems: the OpenAPI document, the pages of problems, the client's types,
 * and the guide to faults of providers.
 * With --check nothing is written, and it fails if something is behind.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path: string) => `${root}${path}`;
const checking = process.argv.includes("--check");

// Nothing may be missing for the imports below, which read each other's results.
for (const [path, empty] of [
  ["packages/functions/generated/openapi.json", '{"paths":{},"info":{"description":""},"tags":[],"components":{"examples":{}}}'],
  ["packages/functions/generated/problems.json", "[]"],
  ["packages/functions/generated/openapi.packed.json", '{"packed":""}'],
] as const) {
  mkdirSync(at(path.slice(0, path.lastIndexOf("/"))), { recursive: true });
  if (globSync(at(path)).length === 0) writeFileSync(at(path), empty);
}

const { openApiDocument } = await import("../packages/functions/src/http/openapi/document.ts");
const { allOperations } = await import("../packages/functions/src/http/openapi/operations.ts");
const { clientSource } = await import("./client-source.ts");
const { faultMatrixGuide } = await import("./fault-matrix.ts");

const document = openApiDocument(allOperations);
const outputs: Record<string, string> = {
  "packages/functions/generated/openapi.json": `${JSON.stringify(document, null, 1)}\n`,
  "packages/functions/generated/openapi.packed.json": `${JSON.stringify({ packed: packed(document) })}\n`,
  "packages/functions/generated/problems.json": `${JSON.stringify(problemPages(), null, 1)}\n`,
  "packages/client/src/generated/api.ts": clientSource(document),
  "docs/guides/fault-matrix.md": faultMatrixGuide(),
};

let behind = 0;
for (const [path, text] of Object.entries(outputs)) {
  const old = globSync(at(path)).length > 0 ? readFileSync(at(path), "utf8") : "";
  if (old === text) continue;
  behind += 1;
  if (checking) console.error(`${path} is behind its sources. Run “npm run generate”.`);
  else {
    mkdirSync(at(path.slice(0, path.lastIndexOf("/"))), { recursive: true });
    writeFileSync(at(path), text);
  }
}
if (checking && behind > 0) process.exit(1);

/** As the function carries it that shows it: a twentieth of the text, since a cold start reads all of a bundle. Brotli in base64. */
function packed(value: object): string {
  const text = JSON.stringify(value);
  const parameters = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  return brotliCompressSync(text, { params: parameters }).toString("base64");
}

/** `docs/problems/<area>/<name>.md`: a heading, a line `HTTP 404`, then paragraphs. */
function problemPages() {
  return globSync("docs/problems/*/*.md", { cwd: root })
    .sort()
    .map((file) => {
      const [heading = "", status = "", ...rest] = readFileSync(at(file), "utf8")
        .trim()
        .split(/\n\s*\n/);
      return {
        code: relative("docs/problems", file).replace(/\.md$/, ""),
        title: heading.replace(/^#\s*/, ""),
        status: Number(/\d{3}/.exec(status)?.[0]),
        paragraphs: rest.map((text) => text.replaceAll("\n", " ").replaceAll("`", "")),
      };
    });
}
