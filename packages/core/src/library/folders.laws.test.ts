import { array, assert, asyncProperty, constantFrom, integer, nat, oneof, record } from "fast-check";
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
  const deps = {
    images: Library.imageStore(database.table),
    folders: Library.folderStore(database.table),
    media: {} as Library.MediaStore,
  };
  const shown = async (id: string) => {
    const [image] = await Library.placed(ctx, deps, [await Library.find(ctx, deps, id)]);
    return image?.folderId;
  };
  const within = async (folder: string) => (await Library.list(ctx, deps, { folder, limit: 25 })).items.map(({ id }) => id);
  return { ctx, deps, shown, within, image: () => approvedRow(ctx, deps.images) };
}

describe("a folder that is deleted", () => {
  test("is gone at once, and its images lie in none: in their lists, in its own, and when they are restored", async () => {
    const { ctx, deps, shown, within, image } = workspace();
    const [coast, hills] = [
      await Library.createFolder(ctx, deps, { name: "Coast" }),
      await Library.createFolder(ctx, deps, { name: "Hills" }),
    ];
    const [one, two, other] = [(await image()).id, (await image()).id, (await image()).id];
    for (const id of [one, two]) await Library.change(ctx, deps, id, { folderId: coast.id });
    await Library.change(ctx, deps, other, { folderId: hills.id });
    await Library.remove(ctx, deps, two);

    await Library.removeFolder(ctx, deps, coast.id);
    await expect(Library.findFolder(ctx, deps, coast.id)).rejects.toMatchObject({ type: { status: 404 } });
    await expect(Library.removeFolder(ctx, deps, coast.id)).rejects.toMatchObject({ type: { status: 404 } });
    await Library.restore(ctx, deps, two);
    expect([await shown(one), await shown(two), await shown(other)]).toEqual([undefined, undefined, hills.id]);
    expect([await within(coast.id), await within(hills.id)]).toEqual([[], [other]]);
    const all = await Library.list(ctx, deps, { limit: 25 });
    expect(all.items.map(({ id, folderId }) => [id, folderId])).toEqual([
      [other, hills.id],
      [two, undefined],
      [one, undefined],
    ]);
    // Nothing is put into it any more, not even what lay in it.
    await expect(Library.change(ctx, deps, one, { folderId: coast.id })).rejects.toMatchObject({ errors: [{ pointer: "#/folderId" }] });

    // Its name is free, and what takes it is another folder.
    const anew = await Library.createFolder(ctx, deps, { name: "Coast" });
    expect([await shown(one), await within(anew.id)]).toEqual([undefined, []]);
    expect((await Library.change(ctx, deps, one, { folderId: anew.id })).folderId).toBe(anew.id);
  });

  test("holds no image that was being moved into it at the same moment", async () => {
    const { ctx, deps, shown, within, image } = workspace();
    const [one, many] = [(await image()).id, (await image()).id];
    const folders = [await Library.createFolder(ctx, deps, { name: "Coast" }), await Library.createFolder(ctx, deps, { name: "Hills" })];
    const [coast, hills] = folders.map(({ id }) => id) as [string, string];
    /** Whoever writes with it has looked the folder up, and it is deleted before the image's row is written. */
    const deleting = (id: string) => ({
      ...deps,
      images: {
        ...deps.images,
        async write(...writes: Parameters<typeof deps.images.write>) {
          await Library.removeFolder(ctx, deps, id);
          await deps.images.write(...writes);
        },
      },
    });
    await Library.change(ctx, deleting(coast), one, { folderId: coast });
    const move = Library.BulkRequest.parse({ imageIds: [many], change: { action: "move", folderId: hills } });
    expect(await Library.changeMany(ctx, deleting(hills), move)).toMatchObject([{ outcome: "done" }]);
    expect([await shown(one), await shown(many)]).toEqual([undefined, undefined]);
    expect([await within(coast), await within(hills)]).toEqual([[], []]);
  });

  test("had no folder in it, and was as whoever deletes it has seen it", async () => {
    const { ctx, deps } = workspace();
    const top = await Library.createFolder(ctx, deps, { name: "Top" });
    const parts = [];
    for (const name of ["a", "b", "c", "d", "e"]) parts.push(await Library.createFolder(ctx, deps, { name, parentId: top.id }));
    await expect(Library.removeFolder(ctx, deps, top.id)).rejects.toMatchObject({
      type: { code: "library/folder-holds-folders", status: 409 },
      message: "5 folders lie in it: “a”, “b”, “c” and 2 more. Move or delete them first.",
    });
    for (const { id } of parts.slice(1)) await Library.removeFolder(ctx, deps, id);
    await expect(Library.removeFolder(ctx, deps, top.id)).rejects.toThrow("One folder lies in it: “a”. Move or delete it first.");
    await Library.changeFolder(ctx, deps, parts[0]?.id ?? "", { parentId: null });
    await Library.changeFolder(ctx, deps, top.id, { name: "Peak" });
    await expect(Library.removeFolder(ctx, deps, top.id, top.version)).rejects.toMatchObject({ type: { status: 412 } });
    await Library.removeFolder(ctx, deps, top.id, top.version + 1);
    expect((await Library.listFolders(ctx, deps)).map(({ name }) => name)).toEqual(["a"]);
  });

  test("is not deleted under a folder that is being put into it, nor are others lost that are made meanwhile", async () => {
    const { ctx, deps } = workspace();
    const top = await Library.createFolder(ctx, deps, { name: "Top" });
    const outcomes = await Promise.allSettled([
      Library.removeFolder(ctx, deps, top.id),
      Library.createFolder(ctx, deps, { name: "within", parentId: top.id }),
      Library.createFolder(ctx, deps, { name: "beside" }),
    ]);
    // Either was first; never both.
    expect(outcomes.slice(0, 2).filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const left = await Library.listFolders(ctx, deps);
    const ids = new Set(left.map(({ id }) => id));
    expect(left.every(({ parentId }) => parentId === undefined || ids.has(parentId))).toBe(true);
    expect(left.some(({ name }) => name === "beside")).toBe(true);
  });
});

const steps = oneof(
  record({ act: constantFrom("move" as const), image: nat(2), folder: integer({ min: -1, max: 3 }) }),
  record({ act: constantFrom("trash" as const, "restore" as const), image: nat(2) }),
  record({ act: constantFrom("create" as const) }),
  record({ act: constantFrom("remove" as const), folder: nat(3) }),
);

test("whatever is moved, deleted, restored and made, an image lies in a folder that is there, or in none", async () => {
  await assert(
    asyncProperty(array(steps, { minLength: 3, maxLength: 14 }), async (acts) => {
      const { ctx, deps, shown, within, image } = workspace();
      const images = [(await image()).id, (await image()).id, (await image()).id];
      const folders: { id: string; isThere: boolean }[] = [];
      const make = async () =>
        void folders.push({ id: (await Library.createFolder(ctx, deps, { name: `${folders.length}` })).id, isThere: true });
      await make();
      await make();
      const lies = new Map<string, string>();
      const binned = new Set<string>();
      for (const step of acts) {
        if (step.act === "create") await make();
        else if (step.act === "remove") {
          const folder = folders[step.folder];
          if (!folder?.isThere) continue;
          await Library.removeFolder(ctx, deps, folder.id);
          folder.isThere = false;
          for (const [id, at] of lies) if (at === folder.id) lies.delete(id);
        } else {
          const id = images[step.image] ?? "";
          if (step.act === "trash" && !binned.has(id)) {
            await Library.remove(ctx, deps, id);
            binned.add(id);
          } else if (step.act === "restore") {
            await Library.restore(ctx, deps, id);
            binned.delete(id);
          } else if (step.act === "move" && !binned.has(id)) {
            const folder = step.folder < 0 ? undefined : folders[step.folder];
            if (step.folder >= 0 && !folder?.isThere) continue;
            await Library.change(ctx, deps, id, { folderId: folder?.id ?? null });
            if (folder) lies.set(id, folder.id);
            else lies.delete(id);
          }
        }
      }
      const here = images.filter((id) => !binned.has(id));
      for (const id of here) expect(await shown(id)).toBe(lies.get(id));
      for (const { id } of folders) expect((await within(id)).toSorted()).toEqual(here.filter((one) => lies.get(one) === id).toSorted());
    }),
    { numRuns: 25 },
  );
});

test("looking up where images lie costs one read for all of them, and none where no image has a folder", async () => {
  const { ctx, deps, image } = workspace();
  const ids = [(await image()).id, (await image()).id, (await image()).id];
  const counted = async () => {
    database.calls.length = 0;
    await Library.list(ctx, deps, { limit: 25 });
    return [...database.calls];
  };
  expect(await counted()).toEqual(["QueryCommand"]);
  const folder = await Library.createFolder(ctx, deps, { name: "Coast" });
  for (const id of ids) await Library.change(ctx, deps, id, { folderId: folder.id });
  expect(await counted()).toEqual(["QueryCommand", "GetItemCommand"]);
  database.calls.length = 0;
  await Library.removeFolder(ctx, deps, folder.id);
  expect(database.calls).toEqual(["GetItemCommand", "PutItemCommand"]);
});
