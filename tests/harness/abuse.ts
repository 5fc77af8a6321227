import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { checkedRequest, type Documented } from "./contract.ts";

export type Wrong = {
  /** For `{id}`. */
  id?: string;
  query?: string;
  method?: string;
  headers?: Record<string, string>;
  /** As it is sent; the documented example if it is left out. */
  body?: string;
};

export type Said = {
  status: number;
  headers: Headers;
  text: string;
  problem: { type: string; detail: string; errors?: { pointer: string }[] };
};

export const exampleOf = (op: Documented): Record<string, unknown> | undefined =>
  op.requestBody?.content["application/json"]?.example as Record<string, unknown> | undefined;

/** What no answer may hold: where code stands, how it fails inside, and the names of what it is built of. */
const inner = /\bat \S+ \(|\.[cm]?[jt]s:\d+|node_modules|\/packages\/|Exception\b|dynoxide|DynamoDB|arn:aws|ZodError|ECONN/i;

/** Sends a request that may be wrong in one way and right in all others; the answer is never a fault of the server, and gives nothing of it away. */
export async function ask(
  url: string,
  op: Documented,
  { id = "", query = "", method = op.method, headers = {}, body }: Wrong = {},
): Promise<Said> {
  const example = exampleOf(op);
  const sent = method === "GET" ? undefined : (body ?? (example && JSON.stringify(example)));
  const send = () =>
    checkedRequest(`${url}${op.path.replace("{id}", id)}${query}`, {
      method,
      headers: { ...(sent !== undefined && { "content-type": "application/json" }), ...headers },
      ...(sent !== undefined && { body: Buffer.from(sent) }),
      patienceMs: 60_000,
    });
  let response = await send();
  // Whoever is known has their own limit, and these tests are not about it.
  for (let tries = 0; response.status === 429 && "authorization" in headers && tries < 5; tries += 1) {
    await pause(Number(response.headers.get("retry-after")) * 1_000);
    response = await send();
  }
  const { status, headers: told, text } = response;
  expect(status, `${method} ${op.path} ${query}: ${text}`).toBeLessThan(500);
  expect(text).not.toMatch(inner);
  return { status, headers: told, text, problem: status >= 400 ? JSON.parse(text) : undefined };
}
