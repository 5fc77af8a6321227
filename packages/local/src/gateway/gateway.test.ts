import { describe, expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { type Listening, serve } from "../wire/http.ts";
import { createGateway } from "./gateway.ts";
import { matchRoute, type Route } from "./routes.ts";

const route = (key: string, functionName: string): Route => ({
  key,
  method: key.split(" ")[0] ?? "",
  segments: key.split(" ")[1]?.split("/").slice(1),
  functionName,
});

describe("routes", () => {
  const routes = [
    route("$default", "rest"),
    route("ANY /v1/{path+}", "greedy"),
    route("ANY /v1/images/{id}", "named"),
    route("ANY /v1/images/mine", "exact"),
    route("GET /v1/images/mine", "exactGet"),
  ];
  test.each([
    ["GET", "/v1/images/mine", "exactGet"],
    ["POST", "/v1/images/mine", "exact"],
    ["GET", "/v1/images/7", "named"],
    ["GET", "/v1/images/7/reviews", "greedy"],
    ["GET", "/v1", "rest"],
    ["GET", "/v1/images/", "greedy"],
    ["GET", "/elsewhere", "rest"],
  ])("%s %s goes to %s: the most exact wins", (method, path, expected) => {
    expect(matchRoute(routes, method, path)?.route.functionName).toBe(expected);
  });

  test("a named segment is given decoded, a greedy one as it is", () => {
    expect(matchRoute(routes, "GET", "/v1/images/a%20b")?.parameters).toEqual({ id: "a b" });
    expect(matchRoute(routes, "GET", "/v1/x/y%2Fz")?.parameters).toEqual({ path: "x/y%2Fz" });
  });
});

describe("the gateway", () => {
  const withGateway = async (invoke: (name: string, event: unknown) => Promise<unknown>, use: (url: string) => Promise<void>) => {
    const handler = createGateway({
      routes: [route("ANY /v1/{path+}", "api")],
      cors: {
        AllowOrigins: ["https://studio.example.org"],
        AllowMethods: ["GET"],
        AllowHeaders: ["authorization"],
        ExposeHeaders: ["etag"],
        MaxAge: 60,
      },
      clock: makeClock(),
      behindProxy: false,
      invoke,
      log: () => undefined,
    });
    const listening: Listening = await serve(handler);
    try {
      await use(listening.url);
    } finally {
      await listening.close();
    }
  };
  const echo = async (_name: string, event: unknown) => ({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });

  test("hands over payload 2.0", () =>
    withGateway(echo, async (url) => {
      const response = await fetch(`${url}/v1/a%20b?x=1&x=2&y=`, {
        method: "POST",
        body: '{"a":1}',
        headers: { "content-type": "application/json", cookie: "a=1; b=2", "x-forwarded-for": "6.6.6.6" },
      });
      const event = (await response.json()) as Record<string, unknown>;
      expect(event).toMatchObject({
        version: "2.0",
        routeKey: "ANY /v1/{path+}",
        rawPath: "/v1/a%20b",
        rawQueryString: "x=1&x=2&y=",
        queryStringParameters: { x: "1,2", y: "" },
        pathParameters: { path: "a%20b" },
        cookies: ["a=1", "b=2"],
        body: '{"a":1}',
        isBase64Encoded: false,
        // Nobody may say where they come from, unless a proxy of one's own stands before.
        requestContext: { http: { method: "POST", sourceIp: "127.0.0.1" }, stage: "$default" },
      });
      expect(event).not.toHaveProperty("headers.cookie");
    }));

  test("gives bytes that are no text in base64, both ways", () =>
    withGateway(
      async (_name, event) => ({
        statusCode: 200,
        headers: { "content-type": "image/png" },
        body: (event as { body: string }).body,
        isBase64Encoded: true,
      }),
      async (url) => {
        const bytes = Buffer.from([0, 255, 128, 10]);
        const response = await fetch(`${url}/v1/x`, { method: "POST", body: bytes, headers: { "content-type": "image/png" } });
        expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
      },
    ));

  test("makes a result without statusCode a 200 with itself as JSON", () =>
    withGateway(
      async () => ({ hello: 1 }),
      async (url) => {
        const response = await fetch(`${url}/v1/x`);
        expect([response.status, await response.json()]).toEqual([200, { hello: 1 }]);
      },
    ));

  test("answers 404 without a route, 413 to a body over 10 MB, 500 when the function fails", () =>
    withGateway(
      async () => {
        throw new Error("boom");
      },
      async (url) => {
        expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
        expect((await fetch(`${url}/v1/x`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) })).status).toBe(413);
        const failed = await fetch(`${url}/v1/x`);
        expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
      },
    ));

  test("answers a preflight of an allowed origin itself, and says nothing to others", () =>
    withGateway(echo, async (url) => {
      const ask = (origin: string) =>
        fetch(`${url}/v1/x`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
      const allowed = await ask("https://studio.example.org");
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get("access-control-allow-origin")).toBe("https://studio.example.org");
      expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization");
      expect((await ask("https://evil.example.org")).headers.get("access-control-allow-origin")).toBeNull();
    }));
});
