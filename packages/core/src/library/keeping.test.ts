import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvedRow } from "../../../../tests/harness/records.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Busy, type Context, newId, type Write } from "../kernel/index.ts";
import * as Library from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const dayMs = 86_400_000;

/** A workspace of its own with a clock that can be turned, and a bucket whose paths are listed. */
function workspace() {
  const time = { now: Date.parse("2026-11-20T10:00:00.000Z") };
  const ctx: Context = {
    actor: { kind: "user", userId: "ada" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: { now: () => time.now, sleepUntil: async () => undefined },
  };
  const removed: string[] = [];
  const media = { remove: async (path: string) => void removed.push(path) } as unknown as Library.MediaStore;
  const deps = { images: Library.imageStore(database.table), folders: Library.folderStore(database.table), media };
  const image = () => approvedRow(ctx, deps.images);
  const trash = async () => (await deps.images.trash(ctx.workspaceId, { limit: 25, now: time.now })).items.map(({ id }) => id);
  const due = async () => (await deps.images.trashDue(time.now, 100)).filter(({ workspaceId }) => workspaceId === ctx.workspaceId);
  const bulk = async (imageIds: string[], change: unknown) =>
    (await Library.changeMany(ctx, deps, Library.BulkRequest.parse({ imageIds, change }))).map(
      ({ outcome, problem }) => problem?.code ?? outcome,
    );
  return { time, ctx, deps, removed, image, trash, due, bulk };
}

describe("a deleted image", () => {
  test("lies in the trash, leaves every list, and is as it was when it is restored", async () => {
    const { ctx, deps, image, trash } = workspace();
    const { id } = await image();
    const before = await Library.find(ctx, deps, id);
    await Library.remove(ctx, deps, id);
    expect(await trash()).toEqual([id]);
    await expect(Library.find(ctx, deps, id)).rejects.toMatchObject({ type: { status: 404 } });
    const { version: _was, updatedAt: _at, ...lasting } = before;
    expect(await Library.restore(ctx, deps, id)).toMatchObject(lasting);
    expect(await trash()).toEqual([]);
    const back = await Library.find(ctx, deps, id);
    expect(back.deletedAt).toBeUndefined();
    // Once more is no other.
    expect(await Library.restore(ctx, deps, id)).toEqual(back);
  });

  test("can be restored to the last moment of 30 days and not after, though its files go an hour later", async () => {
    const { time, ctx, deps, removed, image, trash, due } = workspace();
    const [first, second] = [await image(), await image()];
    await Promise.all([first, second].map(({ id }) => Library.remove(ctx, deps, id)));
    time.now += 30 * dayMs - 1;
    expect((await Library.restore(ctx, deps, first.id)).state).toBe("approved");
    time.now += 1;
    await expect(Library.restore(ctx, deps, second.id)).rejects.toMatchObject({ type: { status: 404 } });
    expect([await trash(), await due()]).toEqual([[], []]);
    const ref = { workspaceId: ctx.workspaceId, id: second.id };
    expect(await Library.purge(ctx, deps, ref)).toBe(false);
    time.now += 3_600_000;
    expect((await due()).map(({ id }) => id)).toEqual([second.id]);
    expect(await Library.purge(ctx, deps, { ...ref, id: first.id })).toBe(false);
    expect(removed).toEqual([]);
    expect(await Library.purge(ctx, deps, ref)).toBe(true);
    expect(removed).toHaveLength(3);
  });

  test("is not what never came: an upload whose time is over is there for nobody, to be read or to be restored", async () => {
    const { time, ctx, deps } = workspace();
    const announced = { fileName: "a.png", contentType: "image/png", bytes: 10 };
    const { id } = await Library.announceUpload(ctx, deps, Library.UploadRequest.parse(announced));
    expect((await Library.restore(ctx, deps, id)).state).toBe("processing");
    time.now += dayMs + 1;
    await expect(Library.find(ctx, deps, id)).rejects.toMatchObject({ type: { status: 404 } });
    await expect(Library.restore(ctx, deps, id)).rejects.toMatchObject({ type: { status: 404 } });
  });

  test("is handed on to be emptied once, and again after hours if nothing came of it; one that was not taken comes with the next minute", async () => {
    const { time, ctx, deps, image } = workspace();
    const ids = (await Promise.all([image(), image()])).map(({ id }) => id);
    for (const id of ids) await Library.remove(ctx, deps, id);
    const [first] = ids;
    time.now += 30 * dayMs + 3_600_000;
    const sent: string[][] = [];
    const minute = async (refuses?: string) => {
      const mine: string[] = [];
      const send = async (refs: readonly Library.TrashRef[]) => {
        const own = refs.filter(({ workspaceId, id }) => workspaceId === ctx.workspaceId && id !== refuses);
        mine.push(...own.map(({ id }) => id));
        return own;
      };
      await Library.dispatchTrash(ctx, { images: deps.images, send });
      sent.push(mine.sort());
      time.now += 60_000;
    };
    await minute(first);
    await minute();
    await minute();
    time.now += 6 * 3_600_000;
    await minute();
    expect(sent).toEqual([ids.slice(1), ids.slice(0, 1), [], ids.toSorted()]);
  });

  test("leaves no word of itself, its versions and its reviews behind, whoever of the workers dies over it", async () => {
    const { time, ctx, deps, removed, image, due } = workspace();
    const { id } = await image();
    const secret = "a word that nobody shall find";
    await Library.change(ctx, deps, id, { tags: [secret], category: secret });
    await Library.review(ctx, deps, id, Library.ReviewRequest.parse({ decision: "approved", note: secret }));
    const edit = await Library.requestEdit(
      ctx,
      { ...deps, editing: () => Promise.reject(new Error("Nobody is asked.")) },
      id,
      Library.EditRequest.parse({ operations: [{ type: "auto_enhance" }] }),
    );
    const file = { mimeType: "image/png", width: 64, height: 64, bytes: 9, sha256: "f".repeat(64), thumbhash: "" } as const;
    await deps.images.write(...Library.finished(ctx, deps.images, await Library.find(ctx, deps, id), edit, { file }));
    await Library.remove(ctx, deps, id);
    time.now += 31 * dayMs;
    const ref = { workspaceId: ctx.workspaceId, id };
    const dies = { ...deps.images, emptyRows: () => Promise.reject(new Error("died")) };
    await expect(Library.purge(ctx, { ...deps, images: dies }, ref)).rejects.toThrow("died");
    expect((await due()).map((one) => one.id)).toEqual([id]);
    expect(await Library.purge(ctx, deps, ref)).toBe(true);
    expect(await due()).toEqual([]);
    expect(await Library.purge(ctx, deps, ref)).toBe(false);
    // Three files of each of two versions, twice because of the worker that died.
    expect(new Set(removed).size).toBe(6);
    const left = [
      await deps.images.get(ctx.workspaceId, id),
      ...(await deps.images.versions(ctx.workspaceId, id, { limit: 25 })).items,
      ...(await deps.images.reviews(ctx.workspaceId, id, { limit: 25 })).items,
    ];
    expect(left).toHaveLength(4);
    expect(JSON.stringify(left)).not.toContain(secret);
    expect(left.slice(1)).toEqual([{ version: 3 }, { version: 2 }, { version: 2 }]);
    await expect(Library.restore(ctx, deps, id)).rejects.toMatchObject({ type: { status: 404 } });
  });

  test("of which nothing was kept is not listed, and cannot be restored", async () => {
    const { ctx, deps, trash } = workspace();
    const request = Library.UploadRequest.parse({ fileName: "a.png", contentType: "image/png", bytes: 10 });
    const { id } = await Library.announceUpload(ctx, deps, request);
    await Library.remove(ctx, deps, id);
    expect(await trash()).toEqual([]);
    await expect(Library.restore(ctx, deps, id)).rejects.toMatchObject({ type: { code: "library/not-restorable" } });
  });

  test("is listed page by page as time goes on", async () => {
    const { time, ctx, deps, image } = workspace();
    const ids = [await image(), await image(), await image()].map(({ id }) => id);
    for (const id of ids) await Library.remove(ctx, deps, id);
    const page = (cursor?: string) => deps.images.trash(ctx.workspaceId, { limit: 2, cursor, now: time.now });
    const first = await page();
    time.now += 60_000;
    const second = await page(first.nextCursor ?? "");
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed());
  });
});

describe("many images at once", () => {
  test("are told each by itself what has become of it, and a repeat finds nothing to do", async () => {
    const { ctx, deps, image, bulk } = workspace();
    const [one, two, processing] = [
      await image(),
      await image(),
      await Library.announceUpload(ctx, deps, Library.UploadRequest.parse({ fileName: "a.png", contentType: "image/png", bytes: 10 })),
    ];
    const stranger = (await workspace().image()).id;
    const ids = [one.id, two.id, processing.id, stranger, one.id];
    const folder = await Library.createFolder(ctx, deps, { name: "Harbours" });
    const done = ["done", "done"];
    for (const [change, third] of [
      [{ action: "tag", tags: ["sea", "dawn"] }, "done"],
      [{ action: "untag", tags: ["dawn"] }, "done"],
      [{ action: "star", stars: 4 }, "done"],
      [{ action: "move", folderId: folder.id }, "done"],
      [{ action: "reject", reasons: ["colour"] }, "library/not-reviewable"],
      [{ action: "approve" }, "library/not-reviewable"],
      [{ action: "delete" }, "done"],
      [{ action: "restore" }, "library/not-restorable"],
    ] as const) {
      expect([change, await bulk(ids, change)]).toEqual([change, [...done, third, "request/not-found"]]);
      const again = third === "done" ? "unchanged" : third;
      expect([change, await bulk(ids, change)]).toEqual([change, ["unchanged", "unchanged", again, "request/not-found"]]);
    }
    expect(await Library.find(ctx, deps, two.id)).toMatchObject({ tags: ["sea"], stars: 4, folderId: folder.id, state: "approved" });
    expect((await deps.images.reviews(ctx.workspaceId, two.id, { limit: 25 })).items.map(({ decision }) => decision)).toEqual([
      "approved",
      "rejected",
    ]);
  });

  test("cost one read of all and one write for each", async () => {
    const { image, bulk } = workspace();
    const ids = [(await image()).id, (await image()).id, (await image()).id];
    database.calls.length = 0;
    await bulk(ids, { action: "star", stars: 2 });
    expect(database.calls).toEqual(["BatchGetItemCommand", "PutItemCommand", "PutItemCommand", "PutItemCommand"]);
  });

  test("are all changed though others change them at the same time", async () => {
    const { ctx, deps, image, bulk } = workspace();
    const ids = [(await image()).id, (await image()).id];
    const changes = ["a", "b", "c"].map((tag) => bulk(ids, { action: "tag", tags: [tag] }));
    expect((await Promise.all(changes)).flat()).toEqual(new Array(6).fill("done"));
    for (const id of ids) expect((await Library.find(ctx, deps, id)).tags.toSorted()).toEqual(["a", "b", "c"]);
  });

  test("are not given more tags than an image can have, nor a folder that is not there", async () => {
    const { ctx, deps, image, bulk } = workspace();
    const { id } = await image();
    const many = (prefix: string) => Array.from({ length: 20 }, (_, index) => `${prefix}${index}`);
    expect(await bulk([id], { action: "tag", tags: many("a") })).toEqual(["done"]);
    expect(await bulk([id], { action: "tag", tags: many("b") })).toEqual(["request/invalid"]);
    expect((await Library.find(ctx, deps, id)).tags).toHaveLength(20);
    await expect(bulk([id], { action: "move", folderId: "fld_none" })).rejects.toMatchObject({
      errors: [{ pointer: "#/change/folderId" }],
    });
  });
});

describe("folders", () => {
  const names = (folders: readonly Library.Folder[]) => folders.map(({ name }) => name);

  test("are made, renamed and moved with what lies in them, and have one name in one place", async () => {
    const { ctx, deps, image } = workspace();
    const [coast, hills] = [
      await Library.createFolder(ctx, deps, { name: "Coast" }),
      await Library.createFolder(ctx, deps, { name: "Hills" }),
    ];
    const dawn = await Library.createFolder(ctx, deps, { name: "Dawn", parentId: coast.id });
    await Library.createFolder(ctx, deps, { name: "Dawn", parentId: hills.id });
    await expect(Library.createFolder(ctx, deps, { name: "coast" })).rejects.toMatchObject({ type: { code: "library/folder-name-taken" } });
    await expect(Library.changeFolder(ctx, deps, dawn.id, { parentId: hills.id })).rejects.toMatchObject({
      type: { code: "library/folder-name-taken" },
    });
    const moved = await Library.changeFolder(ctx, deps, dawn.id, { name: "Dusk", parentId: hills.id });
    expect(moved).toMatchObject({ name: "Dusk", parentId: hills.id, version: 2 });
    expect((await Library.changeFolder(ctx, deps, dawn.id, { parentId: null })).parentId).toBeUndefined();
    await expect(Library.changeFolder(ctx, deps, dawn.id, { name: "x" }, 2)).rejects.toMatchObject({ type: { status: 412 } });
    expect(names(await Library.listFolders(ctx, deps))).toEqual(["Coast", "Dawn", "Dusk", "Hills"]);

    const { id } = await image();
    expect((await Library.change(ctx, deps, id, { folderId: hills.id })).folderId).toBe(hills.id);
    const within = async (folder: string) =>
      (await deps.images.list(ctx.workspaceId, { filter: { folder }, limit: 25, now: ctx.clock.now() })).items.length;
    expect([await within(hills.id), await within(coast.id)]).toEqual([1, 0]);
    expect((await Library.change(ctx, deps, id, { stars: 1 })).folderId).toBe(hills.id);
    expect((await Library.change(ctx, deps, id, { folderId: null })).folderId).toBeUndefined();
    await expect(Library.change(ctx, deps, id, { folderId: "fld_none" })).rejects.toMatchObject({ errors: [{ pointer: "#/folderId" }] });
  });

  test("never lie in themselves, nor deeper than eight", async () => {
    const { ctx, deps } = workspace();
    const chain: Library.Folder[] = [];
    for (let depth = 1; depth <= 8; depth += 1)
      chain.push(await Library.createFolder(ctx, deps, { name: `${depth}`, ...(chain.length > 0 && { parentId: chain.at(-1)?.id }) }));
    const [top, last] = [chain[0]?.id ?? "", chain[7]?.id ?? ""];
    const wrong = { errors: [{ pointer: "#/parentId" }] };
    await expect(Library.createFolder(ctx, deps, { name: "9", parentId: last })).rejects.toMatchObject(wrong);
    await expect(Library.changeFolder(ctx, deps, top, { parentId: last })).rejects.toMatchObject(wrong);
    await expect(Library.changeFolder(ctx, deps, top, { parentId: top })).rejects.toMatchObject(wrong);
    const other = await Library.createFolder(ctx, deps, { name: "other" });
    await expect(Library.changeFolder(ctx, deps, top, { parentId: other.id })).rejects.toMatchObject(wrong);
  });

  test("that are made at the same time are all there", async () => {
    const { ctx, deps } = workspace();
    await Promise.all(["a", "b", "c", "d"].map((name) => Library.createFolder(ctx, deps, { name })));
    expect(names(await Library.listFolders(ctx, deps))).toEqual(["a", "b", "c", "d"]);
  });
});

describe("many images", () => {
  test("are all told of, also where the database is too busy for one of them", async () => {
    const { ctx, deps, image } = workspace();
    const [first, second] = [await image(), await image()];
    const write = (row: Write, ...more: Write[]) =>
      JSON.stringify(row).includes(first.id) ? Promise.reject(new Busy("later")) : deps.images.write(row, ...more);
    const busy = { ...deps, images: { ...deps.images, write: write as typeof deps.images.write } };
    const change = Library.BulkRequest.parse({ imageIds: [first.id, second.id], change: { action: "star", stars: 5 } });
    expect(await Library.changeMany(ctx, busy, change)).toMatchObject([
      { imageId: first.id, outcome: "refused", problem: { code: "server/unavailable" } },
      { imageId: second.id, outcome: "done" },
    ]);
  });
});

describe("a decision", () => {
  test.each(["editor", "viewer"] as const)("is not an %s's to make, of one image or of many", async (role) => {
    const { ctx, deps, image } = workspace();
    const { id } = await image();
    const as = { ...ctx, role };
    const wanted = Library.ReviewRequest.parse({ decision: "rejected" });
    await expect(Library.review(as, deps, id, wanted)).rejects.toMatchObject({ type: { code: "auth/not-allowed" } });
    const change = Library.BulkRequest.parse({ imageIds: [id], change: { action: "reject" } });
    expect(await Library.changeMany(as, deps, change)).toMatchObject([{ outcome: "refused", problem: { code: "auth/not-allowed" } }]);
    expect((await Library.find(ctx, deps, id)).state).toBe("approved");
    expect(await Library.review({ ...ctx, role: "reviewer" }, deps, id, wanted)).toMatchObject({ decision: "rejected" });
  });
});

describe("tags", () => {
  test("are each there once, and one that is new is added also to an image that has one twice", async () => {
    const { ctx, deps, image, bulk } = workspace();
    const { id } = await image();
    expect(Library.ImageChange.parse({ tags: ["sea", " sea", "dawn"] }).tags).toEqual(["sea", "dawn"]);
    expect(Library.UploadRequest.parse({ fileName: "a", contentType: "image/png", bytes: 1, tags: ["a", "a"] }).tags).toEqual(["a"]);
    // From before tags were counted once.
    await Library.change(ctx, deps, id, { tags: ["sea", "sea"] });
    expect(await bulk([id], { action: "tag", tags: ["dawn"] })).toEqual(["done"]);
    expect((await Library.find(ctx, deps, id)).tags).toEqual(["sea", "dawn"]);
    expect(await bulk([id], { action: "tag", tags: ["dawn", "sea"] })).toEqual(["unchanged"]);
  });
});
