import { createHash } from "node:crypto";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Conflict, newId } from "../kernel/index.ts";
import * as Library from "../library/index.ts";
import type { TextRequest } from "../providers/index.ts";
import { type WritingDeps, worthMs } from "./index.ts";
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
      expect(await work(id, { model: seers[name] })).toMatchObject({ image: { state: "in_review" }, sight: { kind: "seen" } });
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
    const { arrived, processed, look, stored, standIn, book, spent, billed } = await gallery(database);
    const id = await arrived();
    await processed(id);
    const together = await Promise.all([look(id), look(id), look(id)]);
    expect(together.map(({ kind }) => kind).sort()).toEqual(["seen", "unseen", "unseen"]);
    const image = await stored(id);
    expect(await look(id)).toEqual({ kind: "unseen", why: "It was asked for before." });
    expect([standIn("gemini").requests().length, (await book()).length]).toEqual([1, 1]);
    expect(await stored(id)).toEqual(image);
    expect(await spent()).toBe(billed());
  });

  class Died extends Error {}

  test("is not paid for again where its worker died with the answer in its hands", async () => {
    const { arrived, work, look, stored, standIn, book, spent, deps } = await gallery(database);
    const id = await arrived();
    const dying = around(deps, async (complete) => {
      await complete();
      throw new Died();
    });
    await expect(work(id, {}, { models: dying })).rejects.toBeInstanceOf(Died);
    expect(await look(id)).toEqual({ kind: "unseen", why: "It was asked for before." });
    expect(await stored(id)).toMatchObject({ state: "in_review", autoTags: fromWords });
    expect(standIn("gemini").predictions()).toHaveLength(1);
    const [call] = await book();
    expect(call).toMatchObject({ outcome: "unknown" });
    expect(await spent()).toBe(call?.reservedMicroUsd);
  });

  test.each([
    ["died", new Died()],
    ["was outrun by others again and again", new Conflict(0, undefined)],
  ])("whose worker %s between the book and the tags leaves one call and no tags, and is not asked for again", async (_, trouble) => {
    const { arrived, work, look, stored, images, standIn, book, spent, billed } = await gallery(database);
    const id = await arrived();
    const broken: Library.ImageStore = { ...images, write: () => Promise.reject(trouble) };
    await expect(work(id, {}, { images: broken })).rejects.toBe(trouble);
    expect(await look(id)).toEqual({ kind: "unseen", why: "It was asked for before." });
    expect(seenIn(await stored(id))).toEqual([]);
    expect(await book()).toMatchObject([{ outcome: "answered" }]);
    expect([standIn("gemini").requests().length, await spent()]).toEqual([1, billed()]);
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

  test("at what is quarantined, is not examined yet, lies in the trash, or is nowhere", async () => {
    const { ctx, arrived, processed, look, images, standIn, book } = await gallery(database);
    const [broken, awaited, binned] = [await arrived({ bytes: Buffer.from("not a picture") }), await arrived(), await arrived()];
    for (const id of [broken, binned]) await processed(id);
    await Library.remove(ctx, { images }, binned);
    for (const id of [broken, awaited, binned, newId("img", Date.now())]) expect(await look(id)).toMatchObject({ kind: "unseen" });
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
    expect((await work(id, { model })).sight).toEqual({ kind: "misset", why });
    expect(await stored(id)).toMatchObject({ state: "in_review", autoTags: fromWords });
    expect([standIn("gemini").requests(), standIn("groq").requests(), await book()]).toEqual([[], [], []]);
  });
});

describe("where there is no place", () => {
  test("many pictures at once are all seen in the end, each asked for once, and none comes back all the time", async () => {
    const { arrived, processed, look, stored, standIn, book } = await gallery(database, ["gemini"], {
      limits: { atOnce: 2, perMinute: 10 },
    });
    const ids = await Promise.all(Array.from({ length: 24 }, () => arrived({ width: 40, height: 30 })));
    for (const id of ids) await processed(id);
    const since = Date.now();
    // Their queue: when each message comes, in milliseconds from now.
    let waiting = ids.map((id) => ({ id, atMs: 0 }));
    let tries = 0;
    while (waiting.length > 0) {
      const atMs = Math.min(...waiting.map((one) => one.atMs));
      const due = waiting.filter((one) => one.atMs === atMs).slice(0, 8);
      tries += due.length;
      const sights = await Promise.all(due.map(async ({ id }) => ({ id, sight: await look(id, { since, atMs }) })));
      waiting = waiting.filter((one) => !due.includes(one));
      for (const { id, sight } of sights) {
        if (sight.kind === "later") waiting.push({ id, atMs: atMs + sight.delaySeconds * 1000 });
        else expect(sight.kind).toBe("seen");
      }
    }
    const calls = await book();
    expect(calls.map(({ id }) => id).sort()).toEqual(ids.map((id) => id.replace("img_", "txt_")).sort());
    expect(new Set(calls.map(({ outcome }) => outcome))).toEqual(new Set(["answered"]));
    expect(standIn("gemini").predictions()).toHaveLength(ids.length);
    for (const image of await Promise.all(ids.map(stored))) expect(seenIn(image)).toHaveLength(2);
    // If they came back together, each time one or two of them would get a place: half as many tries as they are, each.
    expect(tries).toBeGreaterThan(ids.length);
    expect(tries).toBeLessThan(9 * ids.length);
  });

  test("an image waits for it at most some hours from when it was ready, and nothing is asked, booked or changed by that", async () => {
    const { arrived, processed, look, stored, standIn, book, spent } = await gallery(database, ["gemini"], {
      limits: { atOnce: 1, perMinute: 1 },
    });
    const [first, id] = [await arrived(), await arrived()];
    for (const one of [first, id]) await processed(one);
    expect(await look(first)).toMatchObject({ kind: "seen" });
    const [image, spentMicroUsd] = [await stored(id), await spent()];
    const random = () => 0.5;
    const waits = async (agoMs: number) => look(id, { since: Date.now() - agoMs }, { random });
    // The minute's one has been asked: the next may come when it is over, and some time later, the more so the longer it waits.
    expect(await waits(0)).toEqual({ kind: "later", delaySeconds: expect.closeTo(65, -1) });
    expect(await waits(worthMs / 2)).toEqual({ kind: "later", delaySeconds: expect.closeTo(210, -1) });
    expect(await waits(worthMs - 1_000)).toEqual({ kind: "given-up" });
    expect([standIn("gemini").requests().length, (await book()).length, await spent()]).toEqual([1, 1, spentMicroUsd]);
    expect(await stored(id)).toEqual(image);
    // Who is sent again by hand after that is asked for, if there is a place.
    expect(await look(id, { since: Date.now() - 2 * worthMs, atMs: 90_000 })).toMatchObject({ kind: "seen" });
  });
});
