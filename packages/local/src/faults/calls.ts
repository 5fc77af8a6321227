import type { WireRequest } from "../wire/http.ts";

/** What a request asks for: the action of AWS, or `METHOD /path` where there is none. */
export function callOf(service: string, request: WireRequest): string {
  const [, action] = (request.headers["x-amz-target"] ?? "").split(".");
  if (action) return action;
  if (service === "s3" && request.path.startsWith("/s3/")) return s3Call(request);
  if (service === "ses" && request.method === "POST" && request.path === "/v2/email/outbound-emails") return "SendEmail";
  return `${request.method} ${request.path}`;
}

function s3Call({ method, path, query, headers }: WireRequest): string {
  const [, key = ""] = /^\/s3\/[^/]+\/?(.*)$/s.exec(path) ?? [];
  if (key === "") {
    if (method === "POST") return new URLSearchParams(query).has("delete") ? "DeleteObjects" : "PostObject";
    return method === "GET" ? "ListObjectsV2" : `${method} ${path}`;
  }
  if (method === "PUT") return "x-amz-copy-source" in headers ? "CopyObject" : "PutObject";
  const named: Record<string, string> = { GET: "GetObject", HEAD: "HeadObject", DELETE: "DeleteObject" };
  return named[method] ?? `${method} ${path}`;
}
