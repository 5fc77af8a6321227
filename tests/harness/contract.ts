import { randomInt } from "node:crypto";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import document from "../../packages/functions/generated/openapi.json" with { type: "json" };

type Schema = Record<string, unknown>;
type Content = Record<string, { schema?: Schema; example?: unknown; examples?: Record<string, unknown> }>;
type Answer = { headers?: Record<string, { $ref: string }>; content?: Content };

/** One operation as the OpenAPI document describes it. */
export type Documented = {
  operationId: string;
  /** Upper case. */
  method: string;
  /** With the names of its parts: `/v1/posts/{id}`. */
  path: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, Answer>;
};

type Paths = Record<string, Record<string, Omit<Documented, "method" | "path">>>;

export const documentedOperations: readonly Documented[] = Object.entries(document.paths as unknown as Paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
);

/** Operations that take this very path, the one with the fewest names first, as the router chooses. */
export const operationsAt = (path: string): Documented[] => patterns.filter(({ pattern }) => pattern.test(path)).map(({ op }) => op);
const patterns = documentedOperations
  .map((op) => ({ op, pattern: new RegExp(`^${op.path.replace(/\{\w+\}/g, "[^/]+")}$`), names: op.path.split("{").length }))
  .sort((a, b) => a.names - b.names);

const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
formats.default(ajv);
ajv.addSchema(document, "api");
const validators = new Map<string, ValidateFunction>();

/** What is wrong with `value` by the schema at this place of the document; undefined if nothing is. */
export function faultsOf(place: readonly string[], value: unknown): string | undefined {
  const pointer = place.map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
  validators.set(pointer, validate);
  return validate(value) ? undefined : (validate.errors ?? []).map(inWords).join("; ");
}
const inWords = ({ instancePath, message, params }: ErrorObject): string => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`;

/** The schema at this place of the document, as it stands there or as it is referred to. */
export function openSchema(place: readonly string[]): unknown {
  const found = place.reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], document) as { $ref?: string };
  return found.$ref === undefined ? found : openSchema(found.$ref.slice(2).split("/"));
}

/** An answer that is not what the OpenAPI document promises. */
export class ContractBroken extends Error {}

export type Asked = { method: string; path: string };
export type Answered = { status: number; headers: Headers; text: string };

/** Throws {@link ContractBroken} where an answer is not what the document promises for this request. */
export function checkAnswer({ method, path }: Asked, { status, headers, text }: Answered): void {
  const refuse = (what: string): never => {
    throw new ContractBroken(`${method} ${path} answered ${status}: ${what}\n${text.slice(0, 1_000)}`);
  };
  if (isOfGateway(status, text)) return;
  if (!headers.get("x-request-id")) refuse("it has no X-Request-Id.");
  const here = operationsAt(path);
  const op = here.find((candidate) => candidate.method === method);
  if (!op) {
    if (here.length === 0 && status !== 404) refuse("no such path is documented.");
    if (here.length > 0 && status !== 405 && status !== 400) refuse("this method is not documented.");
    checkProblem(refuse, { path }, { status, headers, text });
    return;
  }
  const documented = op.responses[String(status)] ?? refuse("this status is not documented for it.");
  checkHeaders(refuse, documented, headers);
  if (status >= 400) {
    checkProblem(refuse, { path }, { status, headers, text }, documented);
  } else {
    checkBody(refuse, op, documented, { status, headers, text });
  }
}

/** What API Gateway says by itself, in its own words, when no function has answered. */
const isOfGateway = (status: number, text: string): boolean =>
  [413, 431, 500, 503].includes(status) && /^\{"message":"[^"]*"\}$/.test(text);

const mediaType = (headers: Headers): string => (headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";

type Refuse = (what: string) => never;

/** Of headers that not every server sends: those that the document has to speak of. */
const ours = ["etag", "location", "retry-after", "www-authenticate", "idempotency-replayed", "ratelimit", "ratelimit-policy"];

function checkHeaders(refuse: Refuse, { headers: documented = {} }: Answer, headers: Headers): void {
  for (const [name, { $ref }] of Object.entries(documented)) {
    const place = $ref.slice(2).split("/");
    const { required, schema } = openSchema(place) as { required?: boolean; schema: Schema };
    const value = headers.get(name);
    if (value === null) {
      if (required) refuse(`the documented header ${name} is missing.`);
      continue;
    }
    const faults = faultsOf([...place, "schema"], schema.type === "integer" ? Number(value) : value);
    if (faults) refuse(`its header ${name} is “${value}”: ${faults}`);
  }
  const known = new Set(Object.keys(documented).map((name) => name.toLowerCase()));
  for (const name of ours) if (headers.has(name) && !known.has(name)) refuse(`its header ${name} is not documented.`);
}

function checkBody(refuse: Refuse, op: Documented, { content }: Answer, { status, headers, text }: Answered): void {
  if (!content) {
    if (text !== "") refuse("no body is documented.");
    return;
  }
  const type = mediaType(headers);
  if (!content[type]) refuse(`its type is “${type}”; documented: ${Object.keys(content).join(", ")}.`);
  const place = ["paths", op.path, op.method.toLowerCase(), "responses", String(status), "content", type, "schema"];
  const faults = faultsOf(place, type === "application/json" ? parsed(refuse, text) : text);
  if (faults) refuse(faults);
}

function checkProblem(refuse: Refuse, { path }: Pick<Asked, "path">, { status, headers, text }: Answered, documented?: Answer): void {
  if (mediaType(headers) !== "application/problem+json") refuse(`its type is “${mediaType(headers)}”, not application/problem+json.`);
  const problem = parsed(refuse, text) as { type: string; status: number; instance: string; requestId: string };
  const faults = faultsOf(["components", "schemas", "Problem"], problem);
  if (faults) refuse(faults);
  if (problem.status !== status) refuse("its body names another status.");
  if (problem.requestId !== headers.get("x-request-id")) refuse("its body names another request than X-Request-Id.");
  if (problem.instance !== path) refuse(`its instance is ${problem.instance}.`);
  const code = problem.type.split("/docs/problems/")[1]?.replace("/", ".") ?? "";
  const codes = Object.keys(documented?.content?.["application/problem+json"]?.examples ?? {});
  if (documented && !codes.includes(code)) refuse(`“${code}” is not among the documented problems: ${codes.join(", ")}.`);
  if (status === 405 && !headers.get("allow")) refuse("it has no Allow.");
  if (status === 429 && !/^\d+$/.test(headers.get("retry-after") ?? "")) refuse("it has no Retry-After.");
}

function parsed(refuse: Refuse, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("its body is not JSON.");
  }
}

/**
 * `fetch` that throws {@link ContractBroken} where the API's answer is not as documented. Whoever has no token comes from an address of their own,
 * since addresses are limited.
 */
export const checkedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith("/v1/") || pathname === "/v1/openapi.json") return fetch(request);
  if (!request.headers.has("x-forwarded-for")) request.headers.set("x-forwarded-for", newAddress());
  const response = await fetch(request);
  const text = request.method === "HEAD" ? undefined : await response.clone().text();
  if (text !== undefined)
    checkAnswer({ method: request.method, path: pathname }, { status: response.status, headers: response.headers, text });
  return response;
};

const connections = new Agent({ keepAlive: true });

/** As {@link checkedFetch}, for tens of thousands of requests: `fetch` takes more than twice the time. */
export async function checkedRequest(
  address: string,
  { method, headers, body, patienceMs }: { method: string; headers: Record<string, string>; body?: Buffer; patienceMs: number },
): Promise<Answered> {
  const { host, hostname, port, pathname, search } = new URL(address);
  const from = "x-forwarded-for" in headers ? {} : { "x-forwarded-for": newAddress() };
  const answered = await new Promise<Answered>((resolve, reject) => {
    const options = { agent: connections, hostname, port, method, path: `${pathname}${search}`, signal: AbortSignal.timeout(patienceMs) };
    const length = body === undefined ? {} : { "content-length": body.length };
    const asked = request({ ...options, headers: { host, ...headers, ...from, ...length } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response.headers), text: Buffer.concat(parts).toString() }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
  if (method !== "HEAD" && pathname.startsWith("/v1/") && pathname !== "/v1/openapi.json")
    checkAnswer({ method, path: pathname }, answered);
  return answered;
}

const headersOf = (headers: IncomingHttpHeaders): Headers =>
  new Headers(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])));

/** An address that nobody else has. */
export const newAddress = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
