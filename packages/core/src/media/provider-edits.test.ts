import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, eventOf, newId } from "../kernel/index.ts";
import * as Library from "../library/index.ts";
import { arrivalAt, processVersion } from "./index.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: { now: Date.now, sleepUntil: async () => undefined },
};
const images = () => Library.imageStore(database.table);
const base = { mimeType: "image/png" as const, width: 40, height: 30, bytes: 1, sha256: "0".repeat(64), thumbhash: "" };

/** A version that a provider is to make, and the files of the bucket. */
async function awaited(operation: Library.EditRequest["operations"][number], size: Library.Size) {
  const files = new Map<string, { bytes: Buffer; contentType: string; notes: Record<string, string> }>();
  const media = {
    put: async (path: string, bytes: Buffer, contentType: string) => void files.set(path, { bytes, contentType, notes: {} }),
    get: async (path: string) => files.get(path),
    remove: async (path: string) => void files.delete(path),
  } as unknown as Library.MediaStore;
  const at = new Date().toISOString();
  const [imageId, versionId] = [newId("img", Date.now()), newId("ver", Date.now())];
  const image: Library.Image = {
    ...{ id: imageId, workspaceId: ctx.workspaceId, state: "approved", source: "upload", file: base, tags: [], stars: 0 },
    ...{ createdBy: "ada", correlationId: "req_test", createdAt: at, updatedAt: at, version: 1 },
  };
  await images().create(ctx, image);
  const version: Library.ImageVersion = {
    ...{ id: versionId, imageId, workspaceId: ctx.workspaceId, number: 2, state: "processing", from: 1, operations: [operation] },
    making: { editId: newId("edt", Date.now()), provider: "asked", model: "asked", estimateMicroUsd: 5, size },
    ...{ createdBy: "ada", correlationId: "req_edit", createdAt: at, version: 1 },
  };
  await images().addVersions(ctx, { ...image, lastVersion: 2, version: 2 }, [version], { event: eventOf(ctx, "test", version) });
  const ref = { workspaceId: ctx.workspaceId, imageId, versionId };
  return {
    files,
    ref,
    image: () => images().get(ctx.workspaceId, imageId),
    arrives: async (bytes: Buffer, notes: Record<string, string> = {}) => {
      const path = Library.paths.incomingVersion(ctx.workspaceId, imageId, versionId);
      expect(arrivalAt(path)).toEqual(ref);
      files.set(path, { bytes, contentType: "image/png", notes });
      const made = await processVersion(ctx, { images: images(), media }, ref);
      expect(files.has(path)).toBe(false);
      return made;
    },
  };
}

const plain = (width: number, height: number, alpha = 1) =>
  sharp({ create: { width, height, channels: 4, background: { r: 90, g: 120, b: 60, alpha } } })
    .png()
    .toBuffer();
const cutOut = { type: "remove_background" } as const;
const twice = { type: "upscale", factor: 2 } as const;

test("a version is made of what arrives, once, with who has made it and what it has cost; its file is larger only than was asked for", async () => {
  const at = await awaited(twice, { width: 80, height: 60 });
  const notes = { provider: "stability", model: "upscale-fast", "cost-micro-usd": "20000", "request-id": "r1" };
  const made = await at.arrives(await plain(160, 120), notes);
  expect(made).toMatchObject({ state: "ready", file: { width: 80, height: 60 } });
  expect(made?.making).toMatchObject({ provider: "stability", model: "upscale-fast", costMicroUsd: 20_000, requestId: "r1" });
  expect(await at.image()).toMatchObject({ state: "in_review", currentVersion: 2, version: 3 });
  expect(await at.arrives(await plain(80, 60))).toBeUndefined();
  expect(await at.image()).toMatchObject({ version: 3 });
});

test.each([
  ["no picture", cutOut, async () => Buffer.from("<html>"), "not an image"],
  ["half a picture", twice, async () => (await plain(800, 600)).subarray(0, 900), "damaged"],
  ["a picture that hides nothing", cutOut, () => plain(40, 30), "found no background"],
  ["a cut-out that is too small", cutOut, () => plain(39, 30, 0.5), "39 × 30 pixels, and 40 × 30"],
  ["a picture that is too small", twice, () => plain(79, 60), "79 × 60 pixels, and 80 × 60"],
] as const)(
  "what arrives and is %s fails its version in plain words, and the image stays as it was",
  async (_, operation, bytes, words) => {
    const at = await awaited(operation, operation === twice ? { width: 80, height: 60 } : { width: 40, height: 30 });
    const made = await at.arrives(await bytes(), { "cost-micro-usd": "700" });
    expect(made).toMatchObject({ state: "failed", making: { costMicroUsd: 700 } });
    expect(made?.problem).toMatchObject({ code: "generation/failed", detail: expect.stringContaining(words) });
    expect(await at.image()).toMatchObject({ state: "approved", version: 2 });
    expect([...at.files.keys()]).toEqual([]);
  },
);

test("a file that would be too large to keep is kept as WebP, with what is see-through", async () => {
  const at = await awaited(cutOut, { width: 2_700, height: 2_700 });
  // Unpacked, so that it is large without taking long.
  const large = await sharp(await plain(2_700, 2_700, 0.5))
    .png({ compressionLevel: 0 })
    .toBuffer();
  expect(large.length).toBeGreaterThan(Library.limits.maxBytes);
  const made = await at.arrives(large);
  expect(made).toMatchObject({ state: "ready", file: { mimeType: "image/webp", width: 2_700 } });
  expect(made?.file?.bytes).toBeLessThanOrEqual(Library.limits.maxBytes);
  const kept = made?.file && at.files.get(Library.paths.original(ctx.workspaceId, at.ref.imageId, made.file));
  expect((await sharp(kept?.bytes).metadata()).hasAlpha).toBe(true);
}, 30_000);

test.each([
  [undefined, "algorithmicallyEnhanced", "compositeWithTrainedAlgorithmicMedia"],
  ["digitalCapture", "algorithmicallyEnhanced", "compositeWithTrainedAlgorithmicMedia"],
  ["humanEdits", "algorithmicallyEnhanced", "compositeWithTrainedAlgorithmicMedia"],
  ["algorithmicMedia", "algorithmicMedia", "compositeWithTrainedAlgorithmicMedia"],
  ["trainedAlgorithmicMedia", "trainedAlgorithmicMedia", "trainedAlgorithmicMedia"],
  ["compositeWithTrainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"],
])("of a picture that is told as %s, one without its background is %s, and an enlarged one %s", (was, cut, large) => {
  expect([Library.editedSourceType(was, [cutOut]), Library.editedSourceType(was, [twice])]).toEqual([cut, large]);
});
