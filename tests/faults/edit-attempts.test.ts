import * as Generation from "@atelier/core/generation";
import * as Library from "@atelier/core/library";
import { digitalSourceTypeIn } from "@atelier/core/provenance";
import type { Fault } from "@atelier/simulators";
import sharp from "sharp";
import { describe, expect, test, vi } from "vitest";
import { cutOut, dyingOnce, editRoom, patient, twice } from "../harness/edit-room.ts";
import type { Workshop } from "../harness/workshop.ts";

const { room, workshop, watch, expectSound, done } = editRoom();
const hasty = { submitMs: 700, readMs: 20_000, fileMs: 500 };

/** Whichever is asked first fails so; the other one, which costs more or less, may be asked then. */
type Row = [
  model: "recraft-ai/recraft-remove-background" | "remove-background",
  fault: Fault,
  state: Generation.Job["state"],
  attempts: string,
];
const alone: Row[] = [
  ["recraft-ai/recraft-remove-background", "throttle", "succeeded", "failed drawn"],
  ["recraft-ai/recraft-remove-background", "serverError", "succeeded", "lost drawn"],
  ["recraft-ai/recraft-remove-background", "resetAfter", "succeeded", "drawn"],
  ["recraft-ai/recraft-remove-background", "resetBefore", "succeeded", "lost drawn"],
  ["recraft-ai/recraft-remove-background", "refuse", "refused", "refused"],
  ["recraft-ai/recraft-remove-background", "truncatedImage", "succeeded", "drawn"],
  ["remove-background", "throttle", "succeeded", "failed drawn"],
  ["remove-background", "serverError", "failed", "failed"],
  ["remove-background", "badKey", "failed", "failed"],
  ["remove-background", "resetAfter", "failed", "unknown"],
  ["remove-background", "hang", "failed", "unknown"],
  ["remove-background", "refuse", "refused", "refused"],
  ["remove-background", "refuseOtherwise", "refused", "refused"],
  ["remove-background", "truncatedImage", "failed", "failed"],
];

describe("an edit of one provider's", () => {
  test.each(alone)(
    "%s that meets %s ends as %s after attempts that say %s, one paid call each, and true books",
    async (model, fault, state, said) => {
      const shop = workshop({ patience: fault === "hang" ? hasty : patient });
      const seen = watch();
      const simulator = room.simulators[model === "remove-background" ? "stability" : "replicate"];
      simulator.order(fault);
      const edit = await done(shop, { ...cutOut, model });
      const { job, version } = await expectSound(shop, edit, seen);
      expect([job.state, job.attempts.map(({ outcome }) => outcome).join(" ")]).toEqual([state, said]);
      expect(simulator.counts()[fault]).toBeGreaterThanOrEqual(1);
      if (state === "succeeded") return;
      const codes = { failed: "generation/failed", unknown: "generation/outcome-unknown", refused: "generation/refused" };
      expect(version.problem).toMatchObject({ code: codes[said as keyof typeof codes] });
      expect(version.making?.costMicroUsd).toBe(fault === "truncatedImage" || said === "unknown" ? 20_000 : 0);
      expect(await edit.image()).toMatchObject({ state: "approved", lastVersion: 2 });
      expect((await edit.image()).currentVersion).toBeUndefined();
    },
  );
});

describe("an edit", () => {
  test("whose first provider cannot is made by the next, and its version says by whom and for how much", async () => {
    const shop = workshop();
    const seen = watch();
    room.simulators.replicate.order("unavailable");
    const edit = await done(shop, cutOut);
    const { job, version } = await expectSound(shop, edit, seen);
    expect(job.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual(["replicate failed", "stability drawn"]);
    expect(version.making).toMatchObject({
      provider: "stability",
      model: "remove-background",
      estimateMicroUsd: 10_000,
      costMicroUsd: 20_000,
      requestId: expect.any(String),
    });
    expect(await edit.image()).toMatchObject({
      state: "in_review",
      currentVersion: 2,
      file: { mimeType: "image/png", width: 96, height: 64 },
    });
  });

  test.each(["replicate", "stability"] as const)(
    "whose worker dies in the call to %s, before the request or after it, is ended by another, and nothing is paid twice",
    async (name) => {
      const model = name === "replicate" ? "recraft-ai/recraft-remove-background" : "remove-background";
      for (const when of ["before", "after"] as const) {
        const shop = workshop({ over: dyingOnce(when).over });
        const seen = watch();
        const { job, version } = await expectSound(shop, await done(shop, { ...cutOut, model }), seen);
        expect(job.attempts.map(({ outcome }) => outcome)).toEqual(
          name === "stability" ? ["unknown"] : when === "before" ? ["lost", "drawn"] : ["drawn"],
        );
        expect(version.making?.costMicroUsd).toBe(name === "stability" ? 20_000 : 10_000);
        expect(seen.taken(name)).toBe(name === "replicate" || when === "after" ? 1 : 0);
      }
    },
  );

  test("of a picture that another one is asked for too is never taken for that one, though nobody hears of either", async () => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(room.small);
    room.simulators.replicate.hold();
    const edits = [];
    for (let count = 0; count < 3; count += 1) {
      // The one in the middle never reaches them.
      room.simulators.replicate.order(count === 1 ? "resetBefore" : "resetAfter");
      const edit = await shop.edit(image, { ...twice, model: "nightmareai/real-esrgan", from: 1 });
      await shop.work(edit.asked);
      edits.push(edit);
    }
    room.simulators.replicate.release();
    room.simulators.replicate.step();
    room.simulators.replicate.step();
    await shop.drive();
    const jobs = await Promise.all(edits.map(({ asked }) => shop.job(asked)));
    expect(jobs.map(({ attempts }) => attempts.map(({ outcome }) => outcome).join(" "))).toEqual(["drawn", "lost drawn", "drawn"]);
    expect(new Set(jobs.flatMap(({ attempts }) => attempts.flatMap(({ reference }) => reference ?? []))).size).toBe(3);
    expect([seen.taken("replicate"), seen.billed(), await shop.booked()]).toEqual([3, 6_000, 6_000]);
    expect(await edits[0]?.image()).toMatchObject({ currentVersion: 4, lastVersion: 4, file: { width: 192, height: 128 } });
  });

  test("that a cap has no room for is refused at once, and fails with that reason where the room is gone by then", async () => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(room.small);
    await shop.setCap({ scope: "workspace", period: "day", capMicroUsd: 19_999 });
    const refused = shop.edit(image, { ...cutOut, model: "remove-background" });
    await expect(refused).rejects.toMatchObject({ type: { code: "generation/budget-spent", status: 402 } });
    expect((await shop.images.get(shop.ctx.workspaceId, image.id))?.lastVersion).toBeUndefined();
    const edit = await shop.edit(image, cutOut);
    await shop.setCap({ scope: "provider", provider: "replicate", period: "month", capMicroUsd: 9_999 });
    await shop.work(edit.asked);
    await shop.drive();
    const { version } = await expectSound(shop, edit, seen);
    expect(version).toMatchObject({ state: "failed", problem: { code: "generation/budget-spent" } });
    expect(seen.taken("replicate") + seen.taken("stability")).toBe(0);
  });

  test("of a picture for adults goes to nobody whose terms forbid it, also if somebody has said so only since", async () => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(room.small, { rating: "mature" });
    await expect(shop.edit(image, cutOut)).rejects.toMatchObject({ type: { code: "generation/model-unavailable" } });
    const other = await shop.upload(room.small);
    const edit = await shop.edit(other, cutOut);
    const now = await edit.image();
    await shop.images.write(shop.images.replacement({ ...now, rating: "mature", version: now.version + 1 }));
    await shop.work(edit.asked);
    await shop.drive();
    const { version } = await expectSound(shop, edit, seen);
    expect(version).toMatchObject({ state: "failed", problem: { detail: expect.stringContaining("for adults") } });
    expect(seen.taken("replicate") + seen.taken("stability")).toBe(0);
  });

  test("of a picture that was deleted meanwhile asks nobody", async () => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(room.small);
    const edit = await shop.edit(image, cutOut);
    await Library.remove(shop.ctx, shop, image.id);
    // It is no generation: nobody reads, cancels or repeats it as one.
    await expect(Generation.find(shop.ctx, shop, edit.asked.id)).rejects.toMatchObject({ type: { status: 404 } });
    await expect(shop.cancel(edit.asked.id)).rejects.toMatchObject({ type: { status: 404 } });
    await shop.work(edit.asked);
    await shop.drive();
    const { version } = await expectSound(shop, edit, seen);
    expect(version).toMatchObject({ state: "failed", problem: { detail: expect.stringContaining("not there any more") } });
    expect(seen.taken("replicate") + seen.taken("stability")).toBe(0);
  });

  test.each(["deleted", "rated mature"] as const)(
    "whose worker died after the request is still asked after where the picture was %s meanwhile, and its price is known",
    async (what) => {
      const { over, isDead } = dyingOnce("after");
      const shop = workshop({ over });
      const seen = watch();
      const image = await shop.upload(room.small);
      const edit = await shop.edit(image, { ...cutOut, model: "recraft-ai/recraft-remove-background" });
      await shop.work(edit.asked);
      expect(isDead()).toBe(true);
      const now = await edit.image();
      if (what === "deleted") await Library.remove(shop.ctx, shop, image.id);
      else await shop.images.write(shop.images.replacement({ ...now, rating: "mature", version: now.version + 1 }));
      await shop.drive();
      const job = await shop.job(edit.asked);
      expect(job.attempts.map(({ outcome, costMicroUsd }) => [outcome, costMicroUsd])).toEqual([["drawn", 10_000]]);
      expect([seen.taken("replicate"), seen.billed(), await shop.booked()]).toEqual([1, 10_000, 10_000]);
    },
  );

  test("that waits for a place has its picture read only when it has got one", async () => {
    const shop = workshop({ limits: (provider) => (provider === "replicate" ? { atOnce: 1, perMinute: 600 } : undefined) });
    const image = await shop.upload(room.small);
    const reads = vi.spyOn(shop.files, "get");
    const sourceReads = () =>
      reads.mock.calls.filter(([path]) => path === Library.paths.original(shop.ctx.workspaceId, image.id, sound)).length;
    const sound = image.file ?? expect.unreachable();
    room.simulators.replicate.hold();
    const [first, second] = [await shop.edit(image, twice), await shop.edit(image, { ...twice, from: 1 })];
    for (const { asked } of [first, second]) await shop.work(asked);
    for (let times = 0; times < 3; times += 1) {
      shop.time.now += 30_000;
      await shop.work(second.asked);
    }
    expect((await shop.job(second.asked)).held).toMatchObject([{ provider: "replicate", why: "full" }]);
    expect(sourceReads()).toBe(1);
    room.simulators.replicate.release();
    await shop.drive();
    expect([(await first.version()).state, (await second.version()).state]).toEqual(["ready", "ready"]);
    expect(sourceReads()).toBe(2);
  });

  test.each([
    ["upscale-fast", 2, 800, 640],
    ["upscale-fast", 4, 1_600, 1_280],
    ["nightmareai/real-esrgan", 2, 800, 640],
    ["topazlabs/image-upscale", 4, 1_600, 1_280],
  ] as const)(
    "by %s enlarges %i times to exactly that, and every file says that a model has had a hand in it",
    async (model, factor, width, height) => {
      const shop = workshop();
      const seen = watch();
      const edit = await done(shop, { operations: [{ type: "upscale", factor }], model }, room.large);
      const { version } = await expectSound(shop, edit, seen);
      expect(version).toMatchObject({ state: "ready", file: { width, height, digitalSourceType: "compositeWithTrainedAlgorithmicMedia" } });
      for (const { metadata } of await filesOf(shop, version)) {
        expect(digitalSourceTypeIn(metadata.xmpAsString)).toBe("compositeWithTrainedAlgorithmicMedia");
        expect((metadata.width ?? 0) / (metadata.height ?? 1)).toBeCloseTo(width / height, 1);
      }
    },
  );

  test("that takes a background away leaves every file see-through", async () => {
    const shop = workshop();
    const edit = await done(shop, cutOut, room.large);
    const version = await edit.version();
    const files = await filesOf(shop, version);
    expect(files.map(({ isOpaque, metadata }) => [metadata.format, isOpaque, digitalSourceTypeIn(metadata.xmpAsString)])).toEqual([
      ["png", false, "algorithmicallyEnhanced"],
      ["webp", false, "algorithmicallyEnhanced"],
      ["webp", false, "algorithmicallyEnhanced"],
    ]);
  });
});

/** What comes of a version's files: the original, the preview and the thumbnail. */
async function filesOf({ files, ctx }: Workshop, { imageId, file }: Library.ImageVersion) {
  if (!file) throw new Error("It has no file.");
  const { original, preview, thumbnail } = Library.paths;
  return Promise.all(
    [original, preview, thumbnail].map(async (path) => {
      const { bytes } = files.get(path(ctx.workspaceId, imageId, file)) ?? { bytes: Buffer.alloc(0) };
      return { metadata: await sharp(bytes).metadata(), isOpaque: (await sharp(bytes).stats()).isOpaque };
    }),
  );
}
