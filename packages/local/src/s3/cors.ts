import type { WireRequest, WireResponse } from "../wire/http.ts";
import { S3Error } from "./errors.ts";

/** A rule of a bucket's CORS configuration. Origins and headers may hold one `*`. */
export type CorsRule = {
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders?: string[];
  exposedHeaders?: string[];
  maxAgeSeconds?: number;
};

const vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

function fits(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

const list = (header: string | undefined): string[] =>
  (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");

function findRule(rules: CorsRule[], origin: string, method: string, headers: string[]): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      rule.allowedMethods.includes(method) &&
      headers.every((name) => rule.allowedHeaders?.some((pattern) => fits(pattern.toLowerCase(), name))),
  );
}

function allow(rule: CorsRule, origin: string): Record<string, string> {
  const any = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": any ? "*" : origin,
    ...(!any && { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(rule.exposedHeaders?.length && { "access-control-expose-headers": rule.exposedHeaders.join(", ") }),
    vary,
  };
}

/** Answers an OPTIONS request, which nobody signs; throws AccessForbidden where no rule allows what is asked. */
export function preflight({ headers }: WireRequest, rules: CorsRule[] | undefined): WireResponse {
  const { origin } = headers;
  const method = headers["access-control-request-method"];
  if (!origin) throw new S3Error("BadRequest", "Insufficient information. Origin request header needed.");
  if (!method) throw new S3Error("BadRequest", "Invalid Access-Control-Request-Method: null");
  if (!rules?.length) throw new S3Error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.");
  const asked = list(headers["access-control-request-headers"]);
  const rule = findRule(rules, origin, method, asked);
  if (!rule)
    throw new S3Error(
      "AccessForbidden",
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    );
  return {
    status: 200,
    headers: {
      ...allow(rule, origin),
      ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ") }),
      ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
    },
  };
}

/** The headers that let a page of `Origin` read the answer to a request proper; none if no rule allows it. */
export function corsHeaders({ headers, method }: WireRequest, rules: CorsRule[] | undefined): Record<string, string> {
  if (!headers.origin || !rules) return {};
  const rule = findRule(rules, headers.origin, method, []);
  return rule ? allow(rule, headers.origin) : {};
}
