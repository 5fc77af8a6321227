import type { Problem } from "@atelier/core/kernel";
import { optional } from "../env.ts";
import type { HttpResult } from "./event.ts";

/** RFC 9457. The type's address is its page in docs/problems, which the API serves itself. */
export function problemResponse(
  { type, message, errors, extra, headers }: Problem,
  path: string,
  requestId: string,
  more: Record<string, string>,
): HttpResult {
  return {
    statusCode: type.status,
    headers: {
      ...(type.status === 401 && { "www-authenticate": "Bearer" }), // RFC 9110 §11.6.1
      ...more,
      ...headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
    body: JSON.stringify({
      type: `${optional("PUBLIC_URL") ?? "https://atelier.invalid"}/docs/problems/${type.code}`,
      title: type.title,
      status: type.status,
      detail: message,
      instance: path,
      requestId,
      ...(errors && { errors }),
      ...extra,
    }),
  };
}
