import { Problem, problems } from "@atelier/core/kernel";
import type { HttpEvent, HttpResult } from "./event.ts";
import type { Operation } from "./operation.ts";

/** The operation that a request is for, with the parts of its path. Throws 404, or 405 with Allow. */
export function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
): { op: Operation; params: Record<string, string> } {
  const here = operations.flatMap((op) => {
    const params = match(op.path, path);
    return params ? [{ op, params }] : [];
  });
  // HEAD asks what GET would answer; whoever carries the answer leaves the body out.
  const wanted = method === "HEAD" ? "GET" : method;
  const found = here.filter(({ op }) => op.method === wanted);
  // A fixed word comes before a name: /v1/posts/preflight is not the post “preflight”.
  const best = found.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
  if (best) return best;
  const allow = [...new Set(here.map(({ op }) => op.method))].join(", ");
  if (allow) throw new Problem(problems.methodNotAllowed, `It takes ${allow}.`, { headers: { allow } });
  throw new Problem(problems.notFound, "No operation has this path. GET /v1/openapi.json lists them all.");
}

/** Something to look at rather than to call: HTML, a feed, a picture. Open to everybody, and not in the OpenAPI document. */
export type Page = { path: string; show(params: Record<string, string>, event: HttpEvent): Promise<HttpResult> };

export function findPage(pages: readonly Page[], path: string): { run(event: HttpEvent): Promise<HttpResult> } | undefined {
  const here = pages.flatMap((page) => {
    const params = match(page.path, path);
    return params ? [{ page, params }] : [];
  });
  const best = here.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
  return best && { run: (event) => best.page.show(best.params, event) };
}

function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith("{")) {
      if (value === "") return undefined;
      params[part.slice(1, -1)] = decoded(value);
    } else if (part !== value) return undefined;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Problem(problems.malformed, "The path is not correctly percent-encoded.");
  }
}
