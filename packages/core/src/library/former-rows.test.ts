import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, instant, newId, processClock } from "../kernel/index.ts";
import { type Image, imageKey, imageStore } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const workspaceId = newId("wks", Date.now());
const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId,
  correlationId: "req_test",
  clock: processClock,
};

/** As rows were when all of an object were attributes, and nothing stood beside it. */
async function formerRow(more: Partial<Image> = {}, keys: Record<string, unknown> = {}): Promise<Image> {
  const at = instant(Date.now());
  const image: Image = {
    id: newId("img", Date.now()),
    workspaceId,
    state: "approved",
    source: "generation",
    file: { mimeType: "image/png", width: 64, height: 64, bytes: 100, sha256: "00", thumbhash: "" },
    making: { provider: "sketch", model: "sketch-1", prompt: "a heron" } as Image["making"] & object,
    tags: ["dawn"],
    stars: 0,
    createdBy: "u",
    correlationId: "c",
    createdAt: at,
    updatedAt: at,
    version: 1,
    ...more,
  };
  const key = imageKey(workspaceId, image.id);
  await database.table.write({ put: { attributes: [...Object.keys(image), "wording"], ...key, wording: "a heron", ...keys, ...image } });
  return image;
}

const found = async (filter: { model?: string; tag?: string; q?: string }) =>
  (await imageStore(database.table).list(workspaceId, { filter, limit: 100, now: Date.now() })).items;

test("a row from before is read, found by its model and tag, and takes the new form with its next change", async () => {
  const images = imageStore(database.table);
  const former = await formerRow();
  expect(await images.get(workspaceId, former.id)).toEqual(former);
  for (const filter of [{ model: "sketch-1" }, { tag: "dawn" }, { q: "heron" }]) expect(await found(filter)).toEqual([former]);
  expect(await found({ model: "another" })).toEqual([]);

  const changed: Image = { ...former, tags: ["dusk"], version: 2 };
  await images.write(images.replacement(changed));
  expect(await images.get(workspaceId, former.id)).toEqual(changed);
  for (const filter of [{ model: "sketch-1" }, { tag: "dusk" }]) expect(await found(filter)).toEqual([changed]);
  expect(await found({ tag: "dawn" })).toEqual([]);
  await expect(images.write(images.replacement({ ...changed, tags: [] }))).rejects.toMatchObject({
    row: { version: 2, making: { model: "sketch-1" } },
  });
});

test("a row from before is in the trash if it has a file, as a new one is", async () => {
  const deletedAt = instant(Date.now());
  const statePk = `workspace/${workspaceId}/images/trash`;
  const former = await formerRow({ deletedAt }, { statePk });
  await formerRow({ deletedAt, file: undefined } as Partial<Image>, { statePk });
  const images = imageStore(database.table);
  const recent = newId("img", Date.now());
  await images.create(ctx, { ...former, id: recent });
  const { items } = await images.trash(workspaceId, { limit: 10, now: Date.now() });
  expect(items.map(({ id }) => id).toSorted()).toEqual([former.id, recent].toSorted());
});
