import { instant, newId, processClock } from "@atelier/core/kernel";
import { type Image, imageStore } from "@atelier/core/library";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTable, type TestTable } from "../../../tests/harness/table.ts";
import { workerContext } from "./queue/consume.ts";
import { seeWith } from "./sight.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
  // Gemini alone is set up, and the table of the process is one that nobody reaches.
  const environment = { GEMINI_API_KEY: "a key of many letters", OPENAI_API_KEY: "", PROVIDER_SETTINGS_PATH: "", TABLE: "Table" };
  const unreachable = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  for (const [name, value] of Object.entries({ ...environment, ...unreachable })) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.close();
});

async function processed() {
  const ctx = workerContext(newId("wks", Date.now()), "req_test");
  const at = instant(processClock.now());
  const image: Image = {
    ...{ id: newId("img", Date.now()), workspaceId: ctx.workspaceId, state: "in_review", source: "upload", createdBy: "ada" },
    ...{ createdAt: at, updatedAt: at, tags: [], stars: 0, correlationId: "req_test", version: 1 },
  };
  const images = imageStore(database.table);
  await images.create(ctx, image);
  return { ctx, images, ready: { image, thumbnail: Buffer.from("a picture") } };
}

describe("a setting that names a model", () => {
  test.each([
    ["that there is not", "gemni/flash", "unknown"],
    ["that is no name of one", "constructor", "unknown"],
    ["that is blind", "extractive/extractive-1", "blind"],
    ["whose key is not there", "openai/gpt-5-mini", "off"],
  ])("%s is told, and throws nothing", async (_, model, why) => {
    const { ctx, images, ready } = await processed();
    expect(await seeWith(model, ctx, { images }, ready, 60_000)).toBe(why);
    expect(await images.get(ctx.workspaceId, ready.image.id)).toEqual(ready.image);
  });
});

test("whatever breaks while a picture is looked at, its message does not fail for it", async () => {
  const { ctx, images, ready } = await processed();
  // Not even a place to ask can be had.
  expect(await seeWith("gemini/gemini-3.5-flash-lite", ctx, { images }, ready, 60_000)).toBe("failed");
});
