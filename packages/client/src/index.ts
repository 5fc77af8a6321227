import { type Operations, type Problem, routes } from "./generated/api.ts";

export type * from "./generated/api.ts";
export { routes } from "./generated/api.ts";

/** An answer that is not a success. `problem` says what happened and what to do. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(`${status} ${problem.title}: ${problem.detail}`);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
  }
}

export type ClientOptions = {
  /** Without a trailing slash, e.g. `http://127.0.0.1:4400`. */
  baseUrl: string;
  /** Asked before each request, so that a refreshed token is used at once. */
  accessToken?: () => string | undefined | Promise<string | undefined>;
  fetch?: typeof fetch;
};

type Loose = {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  ifMatch?: string;
};

/** One method for each operation of the API: `client.createPost({ body: … })`. Throws {@link ApiError}. */
export type Client = {
  [Id in keyof Operations]: (
    ...input: Record<string, never> extends Operations[Id]["input"] ? [input?: Operations[Id]["input"]] : [input: Operations[Id]["input"]]
  ) => Promise<Operations[Id]["answer"]>;
};

export function createClient({ baseUrl, accessToken, fetch: send = fetch }: ClientOptions): Client {
  async function call(id: keyof Operations, { params = {}, query = {}, body, idempotencyKey, ifMatch }: Loose = {}): Promise<unknown> {
    const { method, path } = routes[id];
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]])),
    );
    const token = await accessToken?.();
    const response = await send(`${baseUrl}${filled}${search.size > 0 ? `?${search}` : ""}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
        ...(ifMatch && { "if-match": ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, problemIn(text, response));
    if (response.headers.get("content-type")?.startsWith("text/")) return text;
    return text === "" ? undefined : JSON.parse(text);
  }
  return Object.fromEntries(
    Object.keys(routes).map((id) => [id, (input?: Loose) => call(id as keyof Operations, input)]),
  ) as unknown as Client;
}

/** Proxies and gateways answer in their own way. */
function problemIn(text: string, { status, statusText, url }: Response): Problem {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.title === "string" && typeof problem.detail === "string") return problem as Problem;
  } catch {
    // Not JSON: told below.
  }
  return { type: "about:blank", title: statusText || `HTTP ${status}`, status, detail: text.slice(0, 200), instance: url, requestId: "" };
}
