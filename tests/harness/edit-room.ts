import { providers, type Provider as Simulator } from "@atelier/simulators";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { startTable, type TestTable } from "./table.ts";
import { Died, type Means, openWorkshop, type Workshop } from "./workshop.ts";

export const patient = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };

/** The edits that are asked for, as a request names them. */
export const cutOut = { operations: [{ type: "remove_background" }] };
export const twice = { operations: [{ type: "upscale", factor: 2 }] };

/** A worker's death in its first paid call for an edit, before the request or after it. */
export function dyingOnce(when: "before" | "after"): Required<Pick<Means, "over">> & { isDead(): boolean } {
  let dead = false;
  return {
    isDead: () => dead,
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
  };
}

/** What tests of providers' edits share: a table, the stand-ins, two pictures, and what is true of every edit in the end. Made before a file's tests. */
export function editRoom() {
  const room = {} as {
    database: TestTable;
    simulators: Record<"replicate" | "stability", Simulator>;
    /** Small enough to go along in a request, and too large for that. */
    small: Buffer;
    large: Buffer;
  };
  beforeAll(async () => {
    room.database = await startTable();
    room.simulators = { replicate: await providers.replicate(), stability: await providers.stability() };
    const noise = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: "gray", noise: { type: "gaussian", mean: 128, sigma: 40 } } })
        .png()
        .toBuffer();
    room.small = await noise(96, 64);
    room.large = await noise(400, 320);
  });
  afterEach(() => {
    for (const simulator of Object.values(room.simulators)) simulator.behave();
  });
  afterAll(async () => {
    for (const simulator of Object.values(room.simulators)) await simulator.close();
    await room.database.close();
  });

  const workshop = (means: Partial<Means> = {}) =>
    openWorkshop(room.database.table, { simulators: room.simulators, patience: patient, ...means });

  /** What the stand-ins took and bill since then. */
  function watch() {
    const before = Object.fromEntries(Object.entries(room.simulators).map(([name, { predictions }]) => [name, predictions().length]));
    const since = (name: "replicate" | "stability") => room.simulators[name].predictions().slice(before[name]);
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

  async function done(shop: Workshop, body: Record<string, unknown>, file = room.small) {
    const edit = await shop.edit(await shop.upload(file), body);
    await shop.work(edit.asked);
    await shop.drive();
    return edit;
  }

  return { room, workshop, watch, expectSound, done };
}
