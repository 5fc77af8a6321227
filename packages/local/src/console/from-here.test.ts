import { describe, expect, test } from "vitest";
import { barrierTo } from "./from-here.ts";

const local = { port: 4400 };
const loopback = { port: 4400, publicUrl: "http://127.0.0.1:4400" };
const behindProxy = { port: 4400, publicUrl: "https://atelier.example.org" };
const status = (place: typeof local & { publicUrl?: string }, headers: Record<string, string>, method = "GET") =>
  barrierTo({ method, headers: { host: "127.0.0.1:4400", ...headers } }, place)?.status;

describe.each([
  ["without a public address", local],
  ["with one on this machine", loopback],
  ["with one in the world", behindProxy],
])("%s, a look inside", (_what, place) => {
  test("is open to this machine", () => {
    expect(status(place, {})).toBeUndefined();
    expect(status(place, { host: "localhost:4400", connection: "keep-alive" }, "POST")).toBeUndefined();
    expect(status(place, { origin: "http://127.0.0.1:4400", "sec-fetch-site": "same-origin" }, "POST")).toBeUndefined();
  });

  test.each([
    ["forwarded", "for=192.0.2.1"],
    ["via", "1.1 nginx"],
    ["x-real-ip", "192.0.2.1"],
    ["cf-connecting-ip", "192.0.2.1"],
    ["x-forwarded-for", "192.0.2.1"],
    ["x-forwarded-host", "127.0.0.1:4400"],
    ["x-forwarded-proto", "https"],
    ["x-forwarded-server", "front"],
  ])("does not exist for a call that a proxy has marked by %s", (name, value) => {
    expect(status(place, { [name]: value })).toBe(404);
  });

  test("does not exist under any other name", () => {
    for (const host of ["atelier.example.org", "127.0.0.1.example.org:4400", "", "10.0.0.1:4400"])
      expect(status(place, { host })).toBe(404);
  });

  test("is refused to pages of another origin, whether they read or write", () => {
    for (const origin of ["https://evil.example.org", "http://127.0.0.1:9000", "http://localhost:4400", "null"])
      for (const method of ["GET", "POST", "DELETE"]) expect(status(place, { origin }, method)).toBe(403);
    expect(status(place, { "sec-fetch-site": "cross-site" }, "POST")).toBe(403);
  });
});

test("where the world comes through a proxy, a look inside needs the very port, and a connection that is not closed after each call as nginx does", () => {
  expect(status(behindProxy, { host: "127.0.0.1" })).toBe(404);
  expect(status(behindProxy, { host: "127.0.0.1:80" })).toBe(404);
  expect(status(behindProxy, { connection: "close" })).toBe(404);
  expect(status(local, { connection: "close" })).toBeUndefined();
  expect(status(loopback, { host: "localhost:9000" })).toBeUndefined();
});
