import type { ProblemType } from "@atelier/core/kernel";
import type { Operation } from "../operation.ts";

type Json = Record<string, unknown>;

const text = (maxLength: number, pattern?: string) => ({ type: "string", maxLength, ...(pattern && { pattern }) });
const limits = "Fields of draft-ietf-httpapi-ratelimit-headers";

/** Every header that an answer can carry. `required`: it is on each answer that names it. */
export const headers = {
  "X-Request-Id": { required: true, description: "Names this request in every log line that it causes.", schema: text(64, "^req_\\w+$") },
  RateLimit: {
    required: true,
    description: `What is left of the limits. ${limits}.`,
    schema: text(400, '^"\\w+";r=\\d+;t=\\d+'),
    example: '"burst";r=19;t=1',
  },
  "RateLimit-Policy": {
    required: true,
    description: `The limits. ${limits}.`,
    schema: text(400, '^"\\w+";q=\\d+;w=\\d+'),
    example: '"burst";q=20;w=1',
  },
  "RateLimit-If-Counted": { description: "As `RateLimit`, where the request came as far as its limits.", schema: text(400) },
  "RateLimit-Policy-If-Counted": { description: "As `RateLimit-Policy`, where the request came as far as its limits.", schema: text(400) },
  "Retry-After": {
    required: true,
    description: "Seconds to wait before the next try.",
    schema: { type: "integer", format: "int32", minimum: 1, maximum: 86_400 },
  },
  "WWW-Authenticate": { required: true, description: "How to sign in.", schema: { const: "Bearer" } },
  ETag: { required: true, description: "The object's version, for `If-Match`.", schema: text(20, '^"\\d+"$'), example: '"7"' },
  Location: { required: true, description: "Path of what was made.", schema: text(200, "^/v1/") },
  "Idempotency-Replayed": { description: "Only on a repeat: this is what the first request made.", schema: { const: "true" } },
} as const satisfies Record<string, Json>;

/** `named`: on the answer; what it is described by, if that has another name. */
const listed = (...names: (keyof typeof headers)[]): Json =>
  Object.fromEntries(names.map((name) => [name.replace("-If-Counted", ""), { $ref: `#/components/headers/${name}` }]));

export const successHeaders = (op: Operation): Json =>
  listed(
    "X-Request-Id",
    ...(op.auth === "open" ? [] : (["RateLimit", "RateLimit-Policy"] as const)),
    ...(op.headers ?? []),
    ...(op.idempotent ? (["Idempotency-Replayed"] as const) : []),
  );

/** A path that cannot be read, a token that is none and our own troubles come before the limits are known; all else comes after. */
export function problemHeaders(op: Operation, status: number, types: readonly ProblemType[]): Json {
  const counted = op.auth === "none" ? status < 500 : [404, 409, 412, 413, 415, 422, 429].includes(status);
  const limited = counted
    ? (["RateLimit", "RateLimit-Policy"] as const)
    : (["RateLimit-If-Counted", "RateLimit-Policy-If-Counted"] as const);
  return listed(
    "X-Request-Id",
    ...(op.auth === "open" ? [] : limited),
    ...(status === 401 ? (["WWW-Authenticate"] as const) : []),
    ...(status === 429 || types.some(({ code }) => code === "server/unavailable") ? (["Retry-After"] as const) : []),
  );
}
