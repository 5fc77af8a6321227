import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvedRow } from "../../../../tests/harness/records.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, newId, processClock } from "../kernel/index.ts";
import * as Library from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

function workspace() {
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: processClock,
  };
  const deps = { images: Library.imageStore(database.table), folders: Library.folderStore(database.table) };
  /** An image of this hash, with these tags of its own. */
  const image = async (likeness: string, more: Partial<Library.Image> = {}) => {
    const row = await approvedRow(ctx, deps.images);
    const file = { mimeType: "image/png", width: 64, height: 64, bytes: 100, sha256: "00", thumbhash: "", likeness } as const;
    await deps.images.write(deps.images.replacement({ ...row, ...more, file, version: 2 }));
    return row.id;
  };
  return { ctx, deps, image };
}

describe("an overview", () => {
  test("tells which images are alike, the most alike first, and never the image itself, a stranger's, or one in the trash", async () => {
    const { ctx, deps, image } = workspace();
    const [own, near, same] = [await image("00000000000000ff"), await image("00000000000000f0"), await image("00000000000000ff")];
    const gone = await image("00000000000000ff");
    await Library.remove(ctx, deps, gone);
    await image("ffffffffffffffff");
    await workspace().image("00000000000000ff");
    const alike = await Library.similar(ctx, deps, own, {});
    expect(alike.items.map(({ distance, image: { id } }) => [distance, id])).toEqual([
      [0, same],
      [4, near],
    ]);
    expect(alike).toMatchObject({ looked: 4, complete: true });
    expect((await Library.similar(ctx, deps, own, { within: 3 })).items).toHaveLength(1);
  });

  test("costs one read of the image, one Query for a megabyte of cards, and one read of what is alike, however many images there are", async () => {
    const { ctx, deps, image } = workspace();
    const id = await image("00000000000000ff");
    await image("00000000000000ff");
    database.calls.length = 0;
    await Library.similar(ctx, deps, id, {});
    expect(database.calls).toEqual(["GetItemCommand", "QueryCommand", "BatchGetItemCommand"]);
    database.calls.length = 0;
    await Library.countTags(ctx, deps);
    await Library.countStates(ctx, deps);
    expect(database.calls).toEqual(["QueryCommand", "QueryCommand"]);
  });

  test("says that it has not looked at all where there are more than it looks at", async () => {
    const { ctx, deps, image } = workspace();
    const ids = [await image("0".repeat(16)), await image("0".repeat(16)), await image("0".repeat(16))];
    const some = await deps.images.cards(ctx.workspaceId, 2);
    expect([some.cards.map(({ id }) => id), some.complete]).toEqual([ids.toReversed().slice(0, 2), false]);
    expect((await deps.images.cards(ctx.workspaceId, 4)).complete).toBe(true);
  });

  test("counts tags of people apart from those that were found, and states without the trash", async () => {
    const { ctx, deps, image } = workspace();
    const autoTags = [{ tag: "sea", confidence: 0.9 }];
    await image("0".repeat(16), { tags: ["sea", "dawn"], autoTags });
    await image("0".repeat(16), { tags: [], autoTags, state: "rejected" });
    await Library.remove(ctx, deps, await image("0".repeat(16), { tags: ["dawn"], autoTags }));
    expect((await Library.countTags(ctx, deps)).items).toEqual([
      { tag: "sea", count: 1, automatic: 1 },
      { tag: "dawn", count: 1, automatic: 0 },
    ]);
    expect((await Library.countStates(ctx, deps)).states).toMatchObject({ approved: 1, rejected: 1, in_review: 0 });
    const tagged = async (tag: string) => (await deps.images.list(ctx.workspaceId, { filter: { tag }, limit: 25, now: Date.now() })).items;
    expect([(await tagged("sea")).length, (await tagged("dawn")).length]).toEqual([2, 1]);
    const [first] = await tagged("dawn");
    expect(Object.keys(first ?? {})).not.toContain("likeness");
  });
});

describe("automatic tags", () => {
  test.each([
    ["a quiet harbor at dawn, highly detailed, 8k", ["harbour", "sunrise", "quiet"]],
    ["Boats and ships on the OCEAN", ["boat", "sea"]],
    ["the best photo of all", []],
    ["IMG_2031.jpg", []],
    ["quiet-harbour-final.png", ["harbour", "quiet"]],
    ["", []],
  ])("of “%s” are %j", (words, expected) => {
    expect(Library.autoTagsOf(words).map(({ tag }) => tag)).toEqual(expected);
  });

  test("are at most ten, the surest first, between 0 and 1, and the same each time", () => {
    const words =
      "a lighthouse, a bridge and a castle beyond willows, reeds, lilies, mosses, ferns, heather, thistles, brambles, nettles, ivy";
    const tags = Library.autoTagsOf(words);
    expect(tags).toHaveLength(Library.mostAutoTags);
    expect(tags.slice(0, 3).map(({ tag }) => tag)).toEqual(["lighthouse", "bridge", "castle"]);
    expect(tags.every(({ confidence }, index) => confidence > 0 && confidence <= (tags[index - 1]?.confidence ?? 1))).toBe(true);
    expect(Library.autoTagsOf(words)).toEqual(tags);
  });

  test.each([
    ["\u0000\ud83d", []],
    ["한국 바다", ["한국", "바다"]],
    ["é".repeat(10_000), []],
    ["sea ".repeat(5_000), ["sea"]],
  ])("take any text for what it is, however long or strange (%#)", (words, expected) => {
    const tags = Library.autoTagsOf(words);
    expect(tags.map(({ tag }) => tag)).toEqual(expected);
    expect(tags.every(({ confidence }) => confidence > 0 && confidence < 1)).toBe(true);
  });
});
