import * as Generation from "@atelier/core/generation";
import * as Library from "@atelier/core/library";
import { digitalSourceTypeIn } from "@atelier/core/provenance";
import { type Fault, providers, type Provider as Simulator } from "@atelier/simulators";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startTable, type TestTable } from "../harness/table.ts";
import { Died, type Means, openWorkshop, type Workshop } from "../harness/workshop.ts";

let database: TestTable;
let simulators: Record<"replicate" | "stability", Simulator>;
/** Small enough to go along in a request, and too large for that. */
let small: Buffer;
let large: Buffer;
beforeAll(async () => {
  database = await startTable();
  simulators = { replicate: await providers.replicate(), stability: await providers.stability() };
  const noise = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "gray", noise: { type: "gaussian", mean: 128, sigma: 40 } } })
      .png()
      .toBuffer();
  small = await noise(96, 64);
  large = await noise(400, 320);
});
afterEach(() => {
  for (const simulator of Object.values(simulators)) simulator.behave();
});
afterAll(async () => {
  for (const simulator of Object.values(simulators)) await simulator.close();
  await database.close();
});

const patient = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
const hasty = { submitMs: 700, readMs: 20_000, fileMs: 500 };
const workshop = (means: Partial<Means> = {}) => openWorkshop(database.table, { simulators, patience: patient, ...means });

const cutOut = { operations: [{ type: "remove_background" }] };
const twice = { operations: [{ type: "upscale", factor: 2 }] };

/** What the stand-ins took and bill since then. */
function watch() {
  const before = Object.fromEntries(Object.entries(simulators).map(([name, { predictions }]) => [name, predictions().length]));
  const since = (name: "replicate" | "stability") => simulators[name].predictions().slice(before[name]);
  return {
    taken: (name: "replicate" | "stability") => since(name).length,
    billed: () => [...since("replicate"), ...since("stability")].reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}

/** What is true of every edit in the end: at most one paid call for each attempt, and its version, its job and the budget tell one price. */
async function expectSound(shop: Workshop, edit: Awaited<ReturnType<Workshop["edit"]>>, { taken, billed }: ReturnType<typeof watch>) {
  const [job, version] = [await shop.job(edit.asked), await edit.version()];
  const told = JSON.stringify(job.attempts, undefined, 1);
  expect(version.state, told).toBe(job.state === "succeeded" ? "ready" : "failed");
  expect(version.readyAt !== undefined, told).toBe(version.state === "ready");
  for (const name of ["replicate", "stability"] as const)
    expect(taken(name), told).toBeLessThanOrEqual(job.attempts.filter(({ provider }) => provider === name).length);
  const costs = job.attempts.reduce((sum, { costMicroUsd = 0 }) => sum + costMicroUsd, 0);
  expect([job.costMicroUsd, version.making?.costMicroUsd, await shop.booked()], told).toEqual([costs, costs, costs]);
  if (job.attempts.every(({ outcome }) => outcome !== "unknown")) expect(billed(), told).toBe(costs);
  else expect(billed(), told).toBeLessThanOrEqual(costs);
  return { job, version };
}

async function done(shop: Workshop, body: Record<string, unknown>, file = small) {
  const edit = await shop.edit(await shop.upload(file), body);
  await shop.work(edit.asked);
  await shop.drive();
  return edit;
}

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
      const simulator = simulators[model === "remove-background" ? "stability" : "replicate"];
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
    simulators.replicate.order("unavailable");
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
        let dead = false;
        const shop = workshop({
          over: ({ editor, ...provider }) => ({
            ...provider,
            ...(editor && {
              editor: {
                ...editor,
                async submit(alteration) {
                  if (dead) return editor.submit(alteration);
                  dead = true;
                  if (when === "after") await editor.submit(alteration);
                  throw new Died();
                },
              },
            }),
          }),
        });
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
    const image = await shop.upload(small);
    simulators.replicate.hold();
    const edits = [];
    for (let count = 0; count < 3; count += 1) {
      // The one in the middle never reaches them.
      simulators.replicate.order(count === 1 ? "resetBefore" : "resetAfter");
      const edit = await shop.edit(image, { ...twice, model: "nightmareai/real-esrgan", from: 1 });
      await shop.work(edit.asked);
      edits.push(edit);
    }
    simulators.replicate.release();
    simulators.replicate.step();
    simulators.replicate.step();
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
    const image = await shop.upload(small);
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
    const image = await shop.upload(small, { rating: "mature" });
    await expect(shop.edit(image, cutOut)).rejects.toMatchObject({ type: { code: "generation/model-unavailable" } });
    const other = await shop.upload(small);
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
    const image = await shop.upload(small);
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
      let dead = false;
      const shop = workshop({
        over: ({ editor, ...provider }) => ({
          ...provider,
          ...(editor && {
            editor: {
              ...editor,
              async submit(alteration) {
                const submitted = await editor.submit(alteration);
                if (dead) return submitted;
                dead = true;
                throw new Died();
              },
            },
          }),
        }),
      });
      const seen = watch();
      const image = await shop.upload(small);
      const edit = await shop.edit(image, { ...cutOut, model: "recraft-ai/recraft-remove-background" });
      await shop.work(edit.asked);
      expect(dead).toBe(true);
      const now = await edit.image();
      if (what === "deleted") await Library.remove(shop.ctx, shop, image.id);
      else await shop.images.write(shop.images.replacement({ ...now, rating: "mature", version: now.version + 1 }));
      await shop.drive();
      const job = await shop.job(edit.asked);
      expect(job.attempts.map(({ outcome, costMicroUsd }) => [outcome, costMicroUsd])).toEqual([["drawn", 10_000]]);
      expect([seen.taken("replicate"), seen.billed(), await shop.booked()]).toEqual([1, 10_000, 10_000]);
    },
  );

  test.each([
    ["before anybody was asked", 0],
    ["while it is made", 1],
  ] as const)("that is stopped %s leaves the image as it was, and what was asked for is paid and nothing else", async (_when, paid) => {
    const shop = workshop();
    const seen = watch();
    const image = await shop.upload(small);
    simulators.replicate.hold();
    const edit = await shop.edit(image, { ...cutOut, model: "recraft-ai/recraft-remove-background" });
    if (paid > 0) await shop.work(edit.asked);
    expect(seen.taken("replicate")).toBe(paid);
    const { id } = await edit.version();
    const stopped = await Library.cancelEdit(shop.ctx, shop, image.id, id);
    expect(stopped).toMatchObject({ state: "failed", problem: { code: "library/edit-canceled" } });
    expect(await Library.cancelEdit(shop.ctx, shop, image.id, id)).toEqual(stopped);
    simulators.replicate.release();
    await shop.drive();
    const job = await shop.job(edit.asked);
    // Its price is known by now.
    const { version, making, ...same } = stopped;
    expect(await edit.version()).toMatchObject({ ...same, making: { ...making, costMicroUsd: job.costMicroUsd } });
    expect(await edit.image()).toMatchObject({ state: "approved", lastVersion: 2 });
    expect((await edit.image()).currentVersion).toBeUndefined();
    expect(job.state).toBe("canceled");
    expect([seen.taken("replicate"), seen.billed(), await shop.booked()]).toEqual([paid, job.costMicroUsd, job.costMicroUsd]);
    // Another one can be asked for at once.
    expect(await shop.edit(image, cutOut)).toBeDefined();
  });

  test("that is ready, has failed, or is made here is not stopped; nor is one of a stranger's, or one that there never was", async () => {
    const shop = workshop();
    const edit = await done(shop, cutOut);
    const image = await edit.image();
    const stop = (versionId: string, ctx = shop.ctx) => Library.cancelEdit(ctx, shop, image.id, versionId);
    const { id } = await edit.version();
    await expect(stop(id)).rejects.toMatchObject({ type: { code: "library/edit-not-cancelable" }, message: "It is ready already." });
    expect(await edit.version()).toMatchObject({ state: "ready" });
    const own = await Library.requestEdit(shop.ctx, { ...shop, editing: () => expect.unreachable() }, image.id, {
      operations: [{ type: "rotate", degrees: 90 }],
    });
    await expect(stop(own.id)).rejects.toMatchObject({ message: expect.stringContaining("made here") });
    await expect(stop(id.replace(/.{5}$/, "00000"))).rejects.toMatchObject({ type: { status: 404 } });
    await expect(stop(id, { ...shop.ctx, workspaceId: "wks_00000000000000000000000000" })).rejects.toMatchObject({ type: { status: 404 } });
  });

  test.each(["asked", "answered", "fetched"] as const)(
    "that is stopped at the moment at which its provider is %s stays stopped, and its price is booked",
    async (when) => {
      const stop = { now: async () => {} };
      const shop = workshop({
        over: ({ editor, fetchOutput, ...provider }) => ({
          ...provider,
          async fetchOutput(output) {
            if (when === "fetched") await stop.now();
            return fetchOutput(output);
          },
          ...(editor && {
            editor: {
              ...editor,
              async submit(alteration) {
                if (when === "asked") await stop.now();
                const submitted = await editor.submit(alteration);
                if (when === "answered") await stop.now();
                return submitted;
              },
            },
          }),
        }),
      });
      const seen = watch();
      const image = await shop.upload(small);
      const edit = await shop.edit(image, { ...cutOut, model: "remove-background" });
      const { id } = await edit.version();
      stop.now = async () => void (await Library.cancelEdit(shop.ctx, shop, image.id, id));
      await shop.work(edit.asked);
      await shop.drive();
      expect(await edit.version()).toMatchObject({
        state: "failed",
        problem: { code: "library/edit-canceled" },
        making: { costMicroUsd: 20_000 },
      });
      expect(await edit.image()).toMatchObject({ state: "approved" });
      const job = await shop.job(edit.asked);
      expect([job.state, job.costMicroUsd, await shop.booked(), seen.billed()]).toEqual(["canceled", 20_000, 20_000, 20_000]);
    },
  );

  test("that waits for a place has its picture read only when it has got one", async () => {
    const shop = workshop({ limits: (provider) => (provider === "replicate" ? { atOnce: 1, perMinute: 600 } : undefined) });
    const image = await shop.upload(small);
    const reads = vi.spyOn(shop.files, "get");
    const sourceReads = () =>
      reads.mock.calls.filter(([path]) => path === Library.paths.original(shop.ctx.workspaceId, image.id, sound)).length;
    const sound = image.file ?? expect.unreachable();
    simulators.replicate.hold();
    const [first, second] = [await shop.edit(image, twice), await shop.edit(image, { ...twice, from: 1 })];
    for (const { asked } of [first, second]) await shop.work(asked);
    for (let times = 0; times < 3; times += 1) {
      shop.time.now += 30_000;
      await shop.work(second.asked);
    }
    expect((await shop.job(second.asked)).held).toMatchObject([{ provider: "replicate", why: "full" }]);
    expect(sourceReads()).toBe(1);
    simulators.replicate.release();
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
      const edit = await done(shop, { operations: [{ type: "upscale", factor }], model }, large);
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
    const edit = await done(shop, cutOut, large);
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
