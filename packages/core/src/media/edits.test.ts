import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Context, newId, processClock } from "../kernel/index.ts";
import * as Library from "../library/index.ts";
import { digitalSourceTypeIn, xmpPacket } from "../provenance/index.ts";
import { examine, giveUpEdit, makeEdit } from "./index.ts";
import { operate } from "./operations.ts";

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

/** 120 × 80, with a red subject at the right on a quiet ground. */
const picture = async (term?: string, format: "png" | "jpeg" | "webp" = "png"): Promise<Buffer> => {
  const ground = sharp({ create: { width: 120, height: 80, channels: 3, background: "#7d8a94" } });
  const subject = await sharp({ create: { width: 24, height: 30, channels: 3, background: "#d4281c" } })
    .png()
    .toBuffer();
  const whole = ground.composite([{ input: subject, left: 90, top: 25 }]);
  return (term ? whole.withXmp(xmpPacket(term)) : whole).removeAlpha().toFormat(format).toBuffer();
};

/** A bucket in memory, and an approved image of this file in it. */
async function stocked(file: Buffer, more: Partial<Library.Image> = {}) {
  const images = Library.imageStore(database.table);
  const files = new Map<string, Buffer>();
  const media = {
    get: async (path: string) => files.has(path) && { bytes: files.get(path), notes: {} },
    put: async (path: string, bytes: Buffer) => void files.set(path, bytes),
  } as unknown as Library.MediaStore;
  const examined = await examine(file, {});
  if (examined.kind !== "sound") throw new Error(examined.detail);
  const id = newId("img", Date.now());
  const at = new Date().toISOString();
  const image: Library.Image = {
    ...{ id, workspaceId: ctx.workspaceId, state: "approved", source: "upload", file: examined.facts, tags: ["sea"], stars: 3 },
    ...{ rating: "suggestive", createdBy: "u", correlationId: "req_test", createdAt: at, updatedAt: at, version: 1 },
    review: { decision: "approved", by: "u", at, reasons: [] },
    ...more,
  };
  await images.create(ctx, image);
  files.set(Library.paths.original(ctx.workspaceId, id, examined.facts), examined.original);
  const deps = { images, media, editing: () => Promise.reject(new Error("Nobody is asked.")) };
  const ask = (operations: unknown[], from?: number) => Library.requestEdit(ctx, deps, id, Library.EditRequest.parse({ operations, from }));
  const edit = async (operations: unknown[], from?: number) => {
    const asked = await ask(operations, from);
    const made = await makeEdit(ctx, deps, { workspaceId: ctx.workspaceId, imageId: id, id: asked.id });
    if (!made) throw new Error("Nothing was made.");
    return made;
  };
  const stored = () => Library.find(ctx, deps, id);
  return { id, deps, files, ask, edit, stored, original: examined };
}

const raw = async (file: Buffer) => {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as 3 };
};

describe("an operation", () => {
  const size = fc.integer({ min: 16, max: 150 });
  const operation = fc.oneof(
    fc.record({
      type: fc.constant("crop_to_ratio"),
      ratio: fc.record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) }),
      around: fc.constantFrom("subject", "centre"),
    }),
    fc.record({ type: fc.constant("crop"), left: fc.nat(40), top: fc.nat(40), width: size, height: size }),
    fc.record({ type: fc.constant("resize"), width: size, height: size, fit: fc.constantFrom("inside", "cover", "fill") }),
    fc.record({ type: fc.constant("resize"), width: size }),
    fc.record({ type: fc.constant("rotate"), degrees: fc.constantFrom(90, 180, 270) }),
    fc.record({ type: fc.constant("flip"), direction: fc.constantFrom("horizontal", "vertical") }),
    fc.record({
      type: fc.constant("adjust"),
      brightness: fc.integer({ min: -100, max: 100 }),
      contrast: fc.integer({ min: -100, max: 100 }),
      saturation: fc.integer({ min: -100, max: 100 }),
    }),
    fc.record({ type: fc.constant("sharpen"), amount: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ type: fc.constant("filter"), name: fc.constantFrom(...Library.filterNames) }),
    fc.constant({ type: "auto_enhance" }),
  );

  test("leaves the size that was said before any pixel was touched, and the same pixels each time, with and without transparency", async () => {
    const opaque = await raw(await picture());
    const clear = {
      ...(await raw(
        await sharp(await picture())
          .ensureAlpha(0.5)
          .png()
          .toBuffer(),
      )),
      channels: 4 as const,
    };
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 4 }), fc.boolean(), async (asked, hasAlpha) => {
        const operations = Library.ownOf(Library.EditRequest.parse({ operations: asked }).operations);
        const pixels = hasAlpha ? clear : opaque;
        let sizes: Library.Size[];
        try {
          sizes = Library.sizesAfter(pixels, operations);
        } catch (error) {
          expect(error).toBeInstanceOf(Library.ImpossibleOperation);
          return;
        }
        const [made, again] = [await operate(pixels, operations), await operate(pixels, operations)];
        expect({ width: made.width, height: made.height, channels: made.channels }).toEqual({ ...sizes.at(-1), channels: pixels.channels });
        expect(made.data.equals(again.data)).toBe(true);
      }),
      { numRuns: 60, seed: 1 },
    );
  }, 60_000);

  const meanOf = async (operations: unknown[]) => {
    const made = await operate(await raw(await picture()), Library.ownOf(Library.EditRequest.parse({ operations }).operations));
    const { channels } = await sharp(made.data, { raw: made }).stats();
    return channels.map(({ mean }) => mean);
  };

  test("does what its name says", async () => {
    const [red = 0, green = 0, blue = 0] = await meanOf([{ type: "flip", direction: "vertical" }]);
    const brighter = await meanOf([{ type: "adjust", brightness: 20 }]);
    expect(brighter.every((mean, index) => mean > ([red, green, blue][index] ?? 0))).toBe(true);
    const [r = 0, g = 0, b = 0] = await meanOf([{ type: "filter", name: "mono" }]);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(0.01);
    const [warm = 0, , cold = 0] = await meanOf([{ type: "filter", name: "warm" }]);
    expect([warm > red, cold < blue]).toEqual([true, true]);
    const spread = async (operations: unknown[]) => {
      const made = await operate(await raw(await picture()), Library.ownOf(Library.EditRequest.parse({ operations }).operations));
      return (await sharp(made.data, { raw: made }).stats()).channels[1]?.stdev ?? 0;
    };
    const plain = await spread([{ type: "rotate", degrees: 180 }]);
    expect(await spread([{ type: "adjust", contrast: 40 }])).toBeGreaterThan(plain);
    expect(await spread([{ type: "auto_enhance" }])).toBeGreaterThan(plain);
  });

  test("cuts to a ratio around the subject, where the middle would miss it", async () => {
    const redIn = async (around: string) => {
      const cut = await operate(
        await raw(await picture()),
        Library.ownOf(
          Library.EditRequest.parse({ operations: [{ type: "crop_to_ratio", ratio: { width: 1, height: 2 }, around }] }).operations,
        ),
      );
      let red = 0;
      for (let at = 0; at < cut.data.length; at += cut.channels) if ((cut.data[at] ?? 0) > 180 && (cut.data[at + 1] ?? 0) < 90) red += 1;
      return { red, width: cut.width, height: cut.height };
    };
    expect(await redIn("subject")).toMatchObject({ width: 40, height: 80, red: 24 * 30 });
    expect((await redIn("centre")).red).toBe(0);
  });
});

describe("an edit", () => {
  test("is a new version of its own file; the original and what is known of the image stay, and its approval goes", async () => {
    const { id, files, edit, stored, original, deps } = await stocked(await picture());
    const before = new Map(files);
    const made = await edit([{ type: "rotate", degrees: 90 }]);
    expect(made).toMatchObject({ number: 2, from: 1, state: "ready", file: { width: 80, height: 120, mimeType: "image/png" } });
    const image = await stored();
    expect(image).toMatchObject({ state: "in_review", currentVersion: 2, rating: "suggestive", tags: ["sea"], stars: 3, file: made.file });
    expect(image.review).toBeUndefined();
    for (const [path, bytes] of before) expect(files.get(path)).toBe(bytes);
    const { items } = await Library.listVersions(ctx, deps, id, { limit: 25 });
    expect(items.map(({ number, from, file }) => [number, from, file?.sha256])).toEqual([
      [2, 1, made.file?.sha256],
      [1, undefined, original.facts.sha256],
    ]);
    // Back to the original's pixels by another edit of it.
    const other = await edit([{ type: "flip", direction: "horizontal" }], 1);
    expect(other).toMatchObject({ number: 3, from: 1, file: { width: 120, height: 80 } });
  });

  test.each([
    ["grey", (file: Buffer) => sharp(file).greyscale().png().toBuffer()],
    ["of sixteen bits", (file: Buffer) => sharp(file).toColourspace("rgb16").png().toBuffer()],
    ["transparent", (file: Buffer) => sharp(file).ensureAlpha(0.5).png().toBuffer()],
  ])("of a picture that is %s takes every kind of operation", async (_what, made) => {
    const { edit } = await stocked(await made(await picture()));
    const filters = Library.filterNames.map((name) => ({ type: "filter", name }));
    const version = await edit([
      ...filters,
      { type: "adjust", contrast: 20, saturation: 10 },
      { type: "auto_enhance" },
      { type: "sharpen" },
    ]);
    expect(version).toMatchObject({ state: "ready", file: { width: 120, height: 80 } });
  });

  test("that is asked for again from the same version gives the same file", async () => {
    const { edit } = await stocked(await picture(undefined, "jpeg"));
    const operations = [{ type: "resize", width: 64 }, { type: "sharpen", amount: 30 }, { type: "auto_enhance" }];
    const [first, second] = [await edit(operations, 1), await edit(operations, 1)];
    expect(second.file).toEqual(first.file);
  });

  test("whose news comes twice, or after a later one, changes nothing more", async () => {
    const { id, ask, deps, stored } = await stocked(await picture());
    const [first, second] = [await ask([{ type: "rotate", degrees: 90 }]), await ask([{ type: "rotate", degrees: 180 }], 1)];
    const make = (edit: Library.ImageVersion) => makeEdit(ctx, deps, { workspaceId: ctx.workspaceId, imageId: id, id: edit.id });
    expect((await make(second))?.state).toBe("ready");
    const shown = await stored();
    expect((await make(first))?.state).toBe("ready");
    expect(await make(second)).toBeUndefined();
    expect(await stored()).toEqual(shown);
    expect(shown).toMatchObject({ currentVersion: 3, file: { width: 120 } });
  });

  test("that is given up is told as failed, leaves the approval, and may still end well", async () => {
    const { id, ask, deps, stored } = await stocked(await picture());
    const { id: version } = await ask([{ type: "rotate", degrees: 90 }]);
    const ref = { workspaceId: ctx.workspaceId, imageId: id, id: version };
    await giveUpEdit(ctx, deps, ref);
    expect(await deps.images.version(ctx.workspaceId, id, version)).toMatchObject({
      state: "failed",
      problem: { code: "library/edit-failed" },
    });
    expect((await deps.images.version(ctx.workspaceId, id, version))?.readyAt).toBeUndefined();
    expect((await stored()).state).toBe("approved");
    await makeEdit(ctx, deps, ref);
    const late = await deps.images.version(ctx.workspaceId, id, version);
    expect([late?.state, late?.problem, late?.readyAt]).toEqual(["ready", undefined, expect.any(String)]);
    expect((await stored()).currentVersion).toBe(2);
  });

  test("that follows another goes on from it, and is not made before that is ready, unless it says from where", async () => {
    const { ask, edit, stored, deps, id } = await stocked(await picture());
    const first = await ask([{ type: "rotate", degrees: 90 }]);
    await expect(ask([{ type: "flip", direction: "horizontal" }])).rejects.toMatchObject({ type: { code: "library/edit-in-hand" } });
    expect((await ask([{ type: "auto_enhance" }], 1)).from).toBe(1);
    await expect(ask([{ type: "auto_enhance" }])).rejects.toMatchObject({ type: { code: "library/edit-in-hand" } });
    for (const { id: version } of (await deps.images.versions(ctx.workspaceId, id, { limit: 10 })).items)
      if (version !== first.id) await giveUpEdit(ctx, deps, { workspaceId: ctx.workspaceId, imageId: id, id: version });
    await makeEdit(ctx, deps, { workspaceId: ctx.workspaceId, imageId: id, id: first.id });
    const second = await edit([{ type: "flip", direction: "horizontal" }]);
    expect([second.from, (await stored()).currentVersion]).toEqual([first.number, second.number]);
  });

  test("is news for whoever has counted the approval that it takes back", async () => {
    const template = { id: "tpl_1", version: 2, values: {} };
    const { deps, ask, stored } = await stocked(await picture(), {
      making: {
        generationId: "gen_1",
        prompt: "dawn",
        quality: "draft",
        provider: "sketch",
        model: "sketch-1",
        seed: 1,
        template,
      } as never,
    });
    const edit = await ask([{ type: "auto_enhance" }]);
    const image = await stored();
    if (!image.file) return expect.unreachable();
    const writes = Library.finished(ctx, deps.images, image, edit, { file: image.file });
    const [news] = writes.flatMap((write) => ("put" in write && write.put.event ? [write.put.event] : []));
    expect(news).toMatchObject({ type: "library.image.edited", data: { templateId: "tpl_1", versionId: edit.id } });
  });

  test("whose image is emptied out of the trash while it is made leaves no file", async () => {
    const { ask, id, deps, files, stored } = await stocked(await picture());
    const asked = await ask([{ type: "auto_enhance" }]);
    const before = [...files.keys()];
    const media = {
      ...deps.media,
      get: async (path: string) => {
        await deps.images.emptyRows(await stored(), await deps.images.keptOf(ctx.workspaceId, id), Date.now());
        return deps.media.get(path);
      },
      remove: async (path: string) => void files.delete(path),
    };
    expect(await makeEdit(ctx, { ...deps, media }, { workspaceId: ctx.workspaceId, imageId: id, id: asked.id })).toBeUndefined();
    expect([...files.keys()]).toEqual(before);
  });

  test("that cannot be done to this picture is refused before anything is written, with its place", async () => {
    const { ask, stored } = await stocked(await picture());
    const before = await stored();
    for (const [operations, pointer] of [
      [
        [
          { type: "rotate", degrees: 90 },
          { type: "crop", left: 10, top: 0, width: 80, height: 80 },
        ],
        "#/operations/1/width",
      ],
      [[{ type: "crop", left: 0, top: 70, width: 20, height: 20 }], "#/operations/0/height"],
      [[{ type: "resize" }], "#/operations/0/width"],
      [[{ type: "crop_to_ratio", ratio: { width: 1, height: 100 } }], "#/operations/0/ratio"],
      [[{ type: "resize", width: 8_192, height: 8_192, fit: "fill" }], "#/operations/0/width"],
    ] as const)
      await expect(ask([...operations])).rejects.toMatchObject({ errors: [{ pointer }] });
    await expect(ask([{ type: "auto_enhance" }], 7)).rejects.toMatchObject({ errors: [{ pointer: "#/from" }] });
    expect(await stored()).toEqual(before);
  });

  test("that would take its worker longer than it has is refused, with the place from which it is too much", () => {
    const whole = { width: 8_000, height: 6_000 };
    const enhanced = { type: "auto_enhance" } as const;
    expect(Library.sizesAfter(whole, Array(4).fill(enhanced))).toHaveLength(4);
    expect(() => Library.sizesAfter(whole, Array(5).fill(enhanced))).toThrow(expect.objectContaining({ index: 4, member: "type" }));
    const half = { type: "crop", left: 0, top: 0, width: 4_000, height: 3_000 } as const;
    expect(Library.sizesAfter(whole, [half, ...Array(9).fill(enhanced)])).toHaveLength(10);
  });

  test("of an image with a hundred versions is refused", async () => {
    const { ask } = await stocked(await picture(), { lastVersion: Library.mostVersions });
    await expect(ask([{ type: "auto_enhance" }])).rejects.toMatchObject({ type: { code: "library/too-many-versions" } });
  });
});

describe("how a picture came to be", () => {
  const enhanced = [{ type: "auto_enhance" }];
  const turned = [{ type: "rotate", degrees: 90 }];
  test.each([
    ["trainedAlgorithmicMedia", turned, "trainedAlgorithmicMedia"],
    ["trainedAlgorithmicMedia", enhanced, "trainedAlgorithmicMedia"],
    ["compositeWithTrainedAlgorithmicMedia", turned, "compositeWithTrainedAlgorithmicMedia"],
    ["algorithmicMedia", turned, "algorithmicMedia"],
    ["digitalCapture", turned, "humanEdits"],
    ["digitalCapture", enhanced, "algorithmicallyEnhanced"],
    [undefined, turned, undefined],
  ])("is, of %s after %j, told as %s by every file of each type", async (term, operations, expected) => {
    for (const format of ["png", "jpeg", "webp"] as const) {
      const { id, files, edit, stored } = await stocked(await picture(term, format));
      await edit(operations);
      const { file } = await stored();
      if (!file) throw new Error("It has no file.");
      expect(file.digitalSourceType).toBe(expected);
      for (const place of ["original", "preview", "thumbnail"] as const) {
        const bytes = files.get(Library.paths[place](ctx.workspaceId, id, file));
        const { xmpAsString } = await sharp(bytes).metadata();
        expect([format, place, digitalSourceTypeIn(xmpAsString)]).toEqual([format, place, expected]);
      }
    }
  });
});
