import { createHash } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import * as Library from "../library/index.ts";
import type { TextRequest } from "../providers/index.ts";
import { sightMs, type WritingDeps } from "./index.ts";
import { fromWords, gallery, seenIn, seers } from "./sight.fixture.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

/** Models of which each answer is taken by whoever stands around them. */
const around =
  ({ models }: WritingDeps, taken: <T>(complete: () => Promise<T>) => Promise<T>): WritingDeps["models"] =>
  (name) => {
    const model = models(name);
    return model && { ...model, complete: <T>(request: TextRequest<T>) => taken(() => model.complete(request)) };
  };

describe("an image that has arrived", () => {
  test.each(["gemini", "openai"] as const)("has tags of what %s sees in it, which is its thumbnail and nothing else", async (name) => {
    const { ctx, arrived, work, stored, thumbnailOf, standIn, images, book, spent, billed } = await gallery(database, [name]);
    const ids = [await arrived(), await arrived({ width: 500, height: 900 })];
    for (const id of ids)
      expect(await work(id, { model: seers[name] })).toMatchObject({ sight: { kind: "seen" }, image: { state: "in_review" } });
    const [wide, tall] = await Promise.all(ids.map(stored));
    if (!wide || !tall) return expect.unreachable();
    expect([seenIn(wide), seenIn(tall)]).toEqual([
      [expect.any(String), "wide"],
      [expect.any(String), "tall"],
    ]);
    expect(wide).toMatchObject({ state: "in_review", tags: [], autoTags: expect.arrayContaining([fromWords[0]]) });

    const shown = standIn(name)
      .predictions()
      .map(({ parameters }) => (parameters as { pictures: unknown[] }).pictures);
    expect(shown).toMatchObject(
      [wide, tall].map((image) => [{ format: "webp", sha256: createHash("sha256").update(thumbnailOf(image)).digest("hex") }]),
    );
    expect((await sharp(thumbnailOf(wide)).metadata()).exif).toBeUndefined();

    const calls = await book();
    expect(calls).toMatchObject(
      ids.map((id) => ({ id: id.replace("img_", "txt_"), purpose: "tags", outcome: "answered", requestedBy: "ada" })),
    );
    expect([await spent(), calls.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)]).toEqual([billed(), billed()]);
    expect(billed()).toBeGreaterThan(0);

    const found = async (tag: string) =>
      (await images.list(ctx.workspaceId, { filter: { tag }, limit: 25, now: Date.now() })).items.map(({ id }) => id);
    expect([await found("tall"), await found("harbour")]).toEqual([[tall.id], [tall.id, wide.id]]);
    const { items } = await Library.countTags(ctx, { images });
    expect(items.find(({ tag }) => tag === "wide")).toEqual({ tag: "wide", count: 0, automatic: 1 });
  });

  test("is looked at once, however often its message comes", async () => {
    const { arrived, work, look, stored, thumbnailOf, standIn, spent, billed } = await gallery(database);
    const id = await arrived();
    const together = await Promise.all([work(id), work(id), work(id)]);
    expect(together.filter((one) => one !== undefined)).toHaveLength(1);
    const image = await stored(id);
    expect(await work(id)).toBeUndefined();
    // A worker that believes that nobody has asked yet.
    expect(await look(image, thumbnailOf(image))).toMatchObject({ kind: "unseen" });
    expect(standIn("gemini").requests()).toHaveLength(1);
    expect(await stored(id)).toEqual(image);
    expect(await spent()).toBe(billed());
  });

  test("is not paid for again where its worker died with the answer in its hands", async () => {
    const { arrived, work, look, stored, thumbnailOf, standIn, book, spent, deps } = await gallery(database);
    const id = await arrived();
    class Died extends Error {}
    const dying = around(deps, async (complete) => {
      await complete();
      throw new Died();
    });
    await expect(work(id, {}, { models: dying })).rejects.toBeInstanceOf(Died);
    expect(await work(id)).toBeUndefined();
    const image = await stored(id);
    expect(image).toMatchObject({ state: "in_review", autoTags: fromWords });
    expect(await look(image, thumbnailOf(image))).toMatchObject({ kind: "unseen", why: "It was asked for before." });
    expect(standIn("gemini").predictions()).toHaveLength(1);
    const [call] = await book();
    expect(call).toMatchObject({ outcome: "unknown" });
    expect(await spent()).toBe(call?.reservedMicroUsd);
  });

  test("keeps what its owner has done while it was looked at", async () => {
    const { ctx, arrived, work, stored, images, folders, deps } = await gallery(database);
    const id = await arrived();
    const meanwhile = around(deps, async (complete) => {
      await Library.change(ctx, { images, folders }, id, { tags: ["mine"], stars: 4 });
      await Library.review(ctx, { images }, id, { decision: "approved", reasons: [] });
      return complete();
    });
    expect(await work(id, {}, { models: meanwhile })).toMatchObject({ sight: { kind: "seen" } });
    const image = await stored(id);
    expect(image).toMatchObject({ state: "approved", tags: ["mine"], stars: 4 });
    expect(seenIn(image)).toHaveLength(2);
  });

  test("stays deleted if it is deleted while it is looked at", async () => {
    const { ctx, arrived, work, stored, images, deps } = await gallery(database);
    const id = await arrived();
    const meanwhile = around(deps, async (complete) => {
      await Library.remove(ctx, { images }, id);
      return complete();
    });
    expect(await work(id, {}, { models: meanwhile })).toMatchObject({ sight: { kind: "unseen" } });
    expect(await stored(id)).toMatchObject({ deletedAt: expect.any(String), autoTags: fromWords });
  });
});

describe("nobody looks", () => {
  test("where the budget has nothing left: nothing is asked, and nothing is in the book", async () => {
    const { arrived, work, stored, standIn, book, cap } = await gallery(database);
    await cap(3);
    const id = await arrived();
    expect(await work(id)).toMatchObject({ sight: { kind: "unseen", why: "generation/budget-spent" } });
    expect(await stored(id)).toMatchObject({ state: "in_review", autoTags: fromWords });
    expect([standIn("gemini").requests(), await book()]).toEqual([[], []]);
  });

  test("at what is for adults, since the terms of those who see forbid it", async () => {
    const { arrived, work, stored, standIn, book } = await gallery(database, ["gemini", "openai"]);
    for (const model of Object.values(seers)) {
      const id = await arrived({ rating: "mature" });
      expect(await work(id, { model })).toMatchObject({ sight: { kind: "unseen", why: expect.stringContaining("for adults") } });
      expect(await stored(id)).toMatchObject({ state: "in_review", autoTags: fromWords });
    }
    const suggestive = await arrived({ rating: "suggestive" });
    expect(await work(suggestive)).toMatchObject({ sight: { kind: "seen" } });
    expect([standIn("openai").requests(), standIn("gemini").requests().length, (await book()).length]).toEqual([[], 1, 1]);
  });

  test("at what is quarantined", async () => {
    const { arrived, work, stored, standIn } = await gallery(database);
    const id = await arrived({ bytes: Buffer.from("not a picture") });
    expect(await work(id)).toBeUndefined();
    expect(await stored(id)).toMatchObject({ state: "quarantined" });
    expect(standIn("gemini").requests()).toEqual([]);
  });

  test("where the worker has no time left", async () => {
    const { arrived, work, standIn, book } = await gallery(database);
    expect(await work(await arrived(), { deadlineMs: sightMs.least - 1 })).toMatchObject({ sight: { kind: "unseen" } });
    expect([standIn("gemini").requests(), await book()]).toEqual([[], []]);
  });

  test.each([
    ["nobody/nothing", "unknown"],
    ["gemini", "unknown"],
    ["groq/llama-3.3-70b-versatile", "blind"],
    ["extractive/extractive-1", "blind"],
    ["openai/gpt-5-mini", "off"],
  ])("where the setting says %s: it is told to be %s, and the image is as it would be without", async (model, why) => {
    const { arrived, work, stored, standIn, book } = await gallery(database, ["gemini", "groq"]);
    const id = await arrived();
    expect((await work(id, { model }))?.sight).toEqual({ kind: "misset", why });
    expect(await stored(id)).toMatchObject({ state: "in_review", autoTags: fromWords });
    expect([standIn("gemini").requests(), standIn("groq").requests(), await book()]).toEqual([[], [], []]);
  });
});
