import type { WireRequest } from "../wire/http.ts";

/** Where this cloud listens, and where people reach it if that is elsewhere. */
export type Place = { port: number; publicUrl?: string };

/** Why somebody may not look inside: an HTTP status, and words. */
export type Barrier = { status: 403 | 404; detail: string };

const loopback = ["127.0.0.1", "localhost", "[::1]"];
/** What proxies add to a call that they pass on; so do all headers that begin with `x-forwarded-`. */
const marks = ["forwarded", "via", "x-real-ip", "cf-connecting-ip"];

/**
 * The inbox holds codes and the clock moves everything: neither is for the world behind a proxy, nor for a page elsewhere in a visitor's browser.
 * Undefined for a call that comes from this machine.
 */
export function barrierTo({ method, headers }: Pick<WireRequest, "method" | "headers">, place: Place): Barrier | undefined {
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(headers.host ?? "") ?? [];
  const wasMarked = Object.keys(headers).some((header) => marks.includes(header) || header.startsWith("x-forwarded-"));
  // nginx, as it is set up by default, adds no mark and asks for the loopback address; but it closes each connection.
  const mayBeHidden = isInTheWorld(place) && (port !== String(place.port) || headers.connection?.toLowerCase() === "close");
  if (!loopback.includes(name) || wasMarked || mayBeHidden)
    return { status: 404, detail: "Only this machine may look inside: call it at 127.0.0.1 and its own port, not through a proxy." };
  const { origin, "sec-fetch-site": site } = headers;
  const isForeign = origin !== undefined && origin !== `http://${headers.host}`;
  if (isForeign || (method !== "GET" && site !== undefined && site !== "same-origin" && site !== "none"))
    return { status: 403, detail: "Only pages of this address may do that." };
  return undefined;
}

const isInTheWorld = ({ publicUrl }: Place): boolean => publicUrl !== undefined && !loopback.includes(new URL(publicUrl).hostname);
