import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, newId, processClock } from "../kernel/index.ts";
import * as Library from "../library/index.ts";
import { awaitedImage, giveUp, processArrival } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const ctx: Context = {
  actor: { kind: "user", userId: "u" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: processClock,
};

/** An upload whose file has arrived, and a worker that examines it; `meanwhile` happens while it does. */
async function arrivedUpload(meanwhile: (id: string, images: Library.ImageStore) => Promise<unknown>) {
  const images = Library.imageStore(database.table);
  const { id } = await Library.announceUpload(
    ctx,
    { images },
    { fileName: "a.png", contentType: "image/png", bytes: 10, tags: [], rating: "general" },
  );
  const bytes = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#2851a3" } })
    .png()
    .toBuffer();
  const files = new Map<string, Buffer>([[Library.paths.incoming(ctx.workspaceId, id), bytes]]);
  const media = {
    get: async (path: string) => {
      const file = files.get(path);
      if (file) await meanwhile(id, images);
      return file && { bytes: file, notes: {} };
    },
    put: async (path: string, file: Buffer) => void files.set(path, file),
    remove: async (path: string) => void files.delete(path),
  } as unknown as Library.MediaStore;
  const arrival = { workspaceId: ctx.workspaceId, imageId: id };
  const awaited = await awaitedImage({ images, media }, arrival);
  if (!awaited) throw new Error("It is not awaited.");
  const written = await processArrival(ctx, { images, media }, awaited);
  return { written, stored: await images.get(ctx.workspaceId, id), left: [...files.keys()] };
}

test("an image whose owner tags it while it is examined is in review, with its tags", async () => {
  const { written, stored, left } = await arrivedUpload((id, images) =>
    Library.change(ctx, { images, folders: Library.folderStore(database.table) }, id, { tags: ["sea"] }),
  );
  expect(stored).toMatchObject({ state: "in_review", tags: ["sea"], file: { width: 60 } });
  expect(written).toEqual(stored);
  if (!stored?.file) return expect.unreachable();
  const { original, preview, thumbnail } = Library.paths;
  expect(left.sort()).toEqual([original, preview, thumbnail].map((path) => path(ctx.workspaceId, stored.id, stored.file as never)).sort());
});

test("an upload that is given up by another try while it is examined is in review all the same", async () => {
  const { stored } = await arrivedUpload((imageId, images) => giveUp(ctx, { images }, { workspaceId: ctx.workspaceId, imageId }));
  expect(stored?.state).toBe("in_review");
  expect(stored?.quarantine).toBeUndefined();
});

test("an image that is deleted while it is examined stays deleted, and nothing is left of its file", async () => {
  const { written, stored, left } = await arrivedUpload((id, images) => Library.remove(ctx, { images }, id));
  expect(written).toBeUndefined();
  expect(stored?.deletedAt).toBeDefined();
  expect(left).toEqual([]);
});
