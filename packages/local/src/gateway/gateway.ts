import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import { account } from "../template/names.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire/http.ts";
import { type Cors, type Match, matchRoute, type Route } from "./routes.ts";

export type GatewayOptions = {
  routes: readonly Route[];
  cors: Cors | undefined;
  clock: Clock;
  /** Believe X-Forwarded-For: only behind a proxy of one's own. */
  behindProxy: boolean;
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** One line a request. */
  log(line: { method: string; path: string; status: number; ms: number; requestId: string }): void;
};

const maxBodyBytes = 10 * 1024 * 1024;
const maxHeaderBytes = 10_240;
const integrationMs = 30_000;

/** API Gateway's HTTP API with payload format 2.0, as far as the template uses it. @see contracts.md §3.10 */
export function createGateway({ routes, cors, clock, behindProxy, invoke, log }: GatewayOptions): WireHandler {
  return async (request) => {
    const started = performance.now();
    const requestId = randomUUID();
    const response = withCors(await answer(request, requestId), request, cors);
    log({
      method: request.method,
      path: request.path,
      status: response.status,
      ms: performance.now() - started,
      requestId: response.headers?.["x-request-id"] ?? requestId,
    });
    return response;
  };

  async function answer(request: WireRequest, requestId: string): Promise<WireResponse> {
    if (cors && request.method === "OPTIONS" && request.headers["access-control-request-method"]) return { status: 204 };
    if (request.body.length > maxBodyBytes) return message(413, "Request Too Long");
    const headerBytes = Object.entries(request.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (headerBytes + request.path.length + request.query.length > maxHeaderBytes) return message(431, "Request Header Fields Too Large");
    const match = matchRoute(routes, request.method, request.path);
    if (!match) return message(404, "Not Found");
    try {
      const result = await withDeadline(
        invoke(match.route.functionName, eventOf(request, match, { requestId, now: clock.now(), behindProxy })),
      );
      return result === "late" ? message(503, "Service Unavailable") : responseOf(result);
    } catch (error) {
      console.error(error instanceof Error ? (error.stack ?? error.message) : error);
      return message(500, "Internal Server Error");
    }
  }
}

type Circumstances = { requestId: string; now: number; behindProxy: boolean };

function eventOf(request: WireRequest, { route, parameters }: Match, { requestId, now, behindProxy }: Circumstances) {
  const { cookie, ...headers } = request.headers;
  const query = new URLSearchParams(request.query);
  const joined = Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key).join(",")]));
  // What is not UTF-8 cannot be handed over as text without being changed.
  const isText =
    isUtf8(request.body) &&
    /^(text\/|application\/([\w.+-]*\+)?(json|xml|x-www-form-urlencoded|javascript))/.test(headers["content-type"] ?? "text/");
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookie && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(request.query && { queryStringParameters: joined }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      accountId: account,
      apiId: "local",
      domainName: headers.host ?? "localhost",
      domainPrefix: "local",
      http: {
        method: request.method,
        path: request.path,
        protocol: "HTTP/1.1",
        sourceIp: (behindProxy && forwardedFor(headers["x-forwarded-for"])) || "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: route.key,
      stage: "$default",
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(request.body.length > 0 && { body: request.body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

/** The address that the proxy itself has added, the last one: those before it are the caller's own words. */
function forwardedFor(header: string | undefined): string | undefined {
  const address = header?.split(",").at(-1)?.trim() ?? "";
  return isIP(address) ? address : undefined;
}

type LambdaResult = {
  statusCode?: number;
  headers?: Record<string, unknown>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
};

/** A result without `statusCode` is a 200 with itself as JSON. */
function responseOf(result: unknown): WireResponse {
  if (typeof result !== "object" || result === null || !("statusCode" in result))
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(result ?? null) };
  const { statusCode = 200, headers = {}, cookies, body = "", isBase64Encoded = false } = result as LambdaResult;
  return {
    status: statusCode,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
      ...(cookies?.length && { "set-cookie": cookies.join(", ") }),
    },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

function withCors(response: WireResponse, request: WireRequest, cors: Cors | undefined): WireResponse {
  const origin = request.headers.origin;
  if (!cors || !origin || !(cors.AllowOrigins?.includes(origin) || cors.AllowOrigins?.includes("*"))) return response;
  const preflight = request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
  return {
    ...response,
    headers: {
      ...response.headers,
      "access-control-allow-origin": origin,
      vary: "origin",
      ...(cors.ExposeHeaders && { "access-control-expose-headers": cors.ExposeHeaders.join(",") }),
      ...(preflight && {
        "access-control-allow-methods": (cors.AllowMethods ?? []).join(","),
        "access-control-allow-headers": (cors.AllowHeaders ?? []).join(","),
        ...(cors.MaxAge !== undefined && { "access-control-max-age": String(cors.MaxAge) }),
      }),
    },
  };
}

const message = (status: number, text: string): WireResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: text }),
});

async function withDeadline<T>(work: Promise<T>): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), integrationMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
