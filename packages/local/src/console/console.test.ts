import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
let folder: string;
let cloud: Cloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "atelier-test-"));
  cloud = await startCloud({ root, template: { Resources: {} }, dataFolder: folder, port: 0, quiet: true });
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const turn = async (body: string) => {
  const response = await fetch(`${cloud.url}/_local/clock`, { method: "POST", body });
  return { status: response.status, answer: (await response.json().catch(() => undefined)) as { detail?: string } | undefined };
};

describe("the clock", () => {
  test.each([
    '{"advanceMs": 1e300}',
    '{"advanceMs": -1e15}',
    '{"set": "-271821-04-20T00:00:00Z"}',
    '{"set": "1999-12-31T23:59:59Z"}',
    '{"set": "2100-01-01T00:00:01Z"}',
  ])("is not turned by %s, and nothing of it is kept", async (body) => {
    const before = readFileSync(join(folder, "settings.json"), "utf8");
    expect(await turn(body)).toEqual({ status: 422, answer: { detail: "The clock can only be turned within the years 2000 to 2099." } });
    expect(readFileSync(join(folder, "settings.json"), "utf8")).toBe(before);
    expect(Math.abs(cloud.clock.now() - Date.now())).toBeLessThan(1_000);
  });

  test("can be turned to either end of its range, and back", async () => {
    for (const set of ["2000-01-01T00:00:01Z", "2099-12-31T23:00:00Z"]) {
      expect(await turn(JSON.stringify({ set }))).toMatchObject({ status: 200 });
      expect(Math.abs(cloud.clock.now() - Date.parse(set))).toBeLessThan(5_000);
    }
    expect(await turn('{"reset": true}')).toMatchObject({ status: 200, answer: { offsetMs: 0 } });
  });
});

describe("behind a proxy", () => {
  let published: Cloud;
  let data: string;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "atelier-test-"));
    const publicUrl = "https://atelier.example.org";
    published = await startCloud({ root, template: { Resources: {} }, dataFolder: data, port: 0, publicUrl, quiet: true });
  });
  afterAll(async () => {
    await published.close();
    rmSync(data, { recursive: true, force: true });
  });

  test("this machine reads the inbox, and whatever came through the proxy does not", async () => {
    const inbox = (headers: Record<string, string>) => fetch(`${published.url}/_local/inbox`, { headers });
    expect((await inbox({})).status).toBe(200);
    expect((await inbox({ via: "1.1 nginx" })).status).toBe(404);
    expect((await inbox({ origin: "https://atelier.example.org" })).status).toBe(403);
  });
});
