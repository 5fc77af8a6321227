import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3 } from "./server.fixture.ts";

let local: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  local = await startS3();
  local.s3.defineBucket({
    name: "media",
    cors: [
      {
        allowedOrigins: ["http://localhost:4400", "https://*.example.com"],
        allowedMethods: ["GET", "POST"],
        allowedHeaders: ["content-*"],
        exposedHeaders: ["ETag"],
        maxAgeSeconds: 600,
      },
      { allowedOrigins: ["*"], allowedMethods: ["HEAD"] },
    ],
  });
});
afterAll(() => local.stop());

const preflight = (origin: string, method: string, headers?: string, bucket = "media") =>
  fetch(`${local.url}/${bucket}/key`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": method, ...(headers && { "access-control-request-headers": headers }) },
  });

test("a preflight is allowed by the bucket's rules, unsigned", async () => {
  const answer = await preflight("http://localhost:4400", "POST", "Content-Type, content-md5");
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "access-control-allow-origin": "http://localhost:4400",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "content-type, content-md5",
    "access-control-max-age": "600",
    vary: expect.stringContaining("Origin"),
  });
  expect((await preflight("https://a.example.com", "GET")).status).toBe(200);
  expect((await preflight("http://anywhere", "HEAD")).headers.get("access-control-allow-origin")).toBe("*");
});

test("a preflight of another origin, method or header is refused, and so is one that a bucket has no rules for", async () => {
  for (const answer of [
    await preflight("http://evil.test", "GET"),
    await preflight("https://example.com.evil.test", "GET"),
    await preflight("http://localhost:4400", "DELETE"),
    await preflight("http://localhost:4400", "POST", "x-custom"),
    await preflight("http://localhost:4400", "GET", undefined, "other"),
  ])
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("<Code>AccessForbidden</Code>")]);
  expect((await fetch(`${local.url}/media/key`, { method: "OPTIONS" })).status).toBe(400);
});

test("answers, errors too, may be read by pages of allowed origins only", async () => {
  const url = await getSignedUrl(local.client, new PutObjectCommand({ Bucket: "media", Key: "a" }));
  const get = (origin: string) => fetch(url, { headers: { origin } });
  expect((await get("http://localhost:4400")).headers.get("access-control-allow-origin")).toBe("http://localhost:4400");
  expect((await get("http://localhost:4400")).headers.get("access-control-expose-headers")).toBe("ETag");
  expect((await get("http://evil.test")).headers.get("access-control-allow-origin")).toBeNull();
});
