import type { Job } from "@atelier/core/generation";
import { newId } from "@atelier/core/kernel";
import { type Fault, providers, type Provider as Simulator } from "@atelier/simulators";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../harness/table.ts";
import { Died, type Means, openWorkshop, type Workshop } from "../harness/workshop.ts";

let database: TestTable;
let simulators: Record<"replicate" | "stability", Simulator>;
beforeAll(async () => {
  database = await startTable();
  simulators = { replicate: await providers.replicate(), stability: await providers.stability() };
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
const endless: readonly Fault[] = ["hangBefore", "hang", "slowDrip"];

const workshop = (means: Partial<Means> = {}) => openWorkshop(database.table, { simulators, patience: patient, ...means });

/** What the stand-ins took and bill since then. */
function watch() {
  const before = Object.fromEntries(Object.entries(simulators).map(([name, { predictions }]) => [name, predictions().length]));
  const since = (name: "replicate" | "stability") => simulators[name].predictions().slice(before[name]);
  return {
    taken: (name: "replicate" | "stability") => since(name).length,
    billed: () => [...since("replicate"), ...since("stability")].reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
  };
}

/** What is true of every job in the end, whatever has happened to it. */
async function expectSound({ booked }: Pick<Workshop, "booked">, job: Job, { taken, billed }: ReturnType<typeof watch>): Promise<void> {
  const told = JSON.stringify(job.attempts, undefined, 1);
  expect(job.state, told).toMatch(/succeeded|failed|refused|canceled/);
  expect(
    job.attempts.every(({ outcome }) => outcome !== undefined),
    told,
  ).toBe(true);
  for (const name of ["replicate", "stability"] as const)
    expect(taken(name), told).toBeLessThanOrEqual(job.attempts.filter(({ provider }) => provider === name).length);
  const costs = job.attempts.reduce((sum, { costMicroUsd = 0 }) => sum + costMicroUsd, 0);
  expect(job.costMicroUsd, told).toBe(costs);
  expect(await booked(), told).toBe(costs);
  // What nobody can tell stays booked; of all else the books are the provider's own.
  if (job.attempts.every(({ outcome }) => outcome !== "unknown")) expect(billed(), told).toBe(costs);
  else expect(billed(), told).toBeLessThanOrEqual(costs);
}

type Row = [fault: Fault, state: Job["state"], attempts: string];
/** The outcomes of all attempts, in order, by provider: what a request that allows the other one, too, comes to. */
const table: Record<"replicate" | "stability", Row[]> = {
  replicate: [
    ["throttle", "succeeded", "failed drawn"],
    ["serverError", "succeeded", "lost drawn"],
    ["unavailable", "succeeded", "failed drawn elsewhere"],
    ["badKey", "succeeded", "failed drawn elsewhere"],
    ["outOfCredit", "succeeded", "failed drawn elsewhere"],
    ["garbage", "succeeded", "lost drawn"],
    ["resetBefore", "succeeded", "lost drawn"],
    ["hangBefore", "succeeded", "lost drawn"],
    ["resetAfter", "succeeded", "drawn"],
    ["hang", "succeeded", "drawn"],
    ["refuse", "refused", "refused"],
    ["refuseOtherwise", "refused", "refused"],
    ["fail", "succeeded", "failed drawn"],
    ["stuck", "succeeded", "failed drawn elsewhere"],
    ["truncatedImage", "succeeded", "drawn"],
    ["wrongType", "succeeded", "failed drawn elsewhere"],
    ["cutShort", "succeeded", "drawn"],
    ["slowDrip", "succeeded", "drawn"],
  ],
  stability: [
    ["throttle", "succeeded", "failed drawn"],
    ["serverError", "succeeded", "failed drawn elsewhere"],
    ["unavailable", "succeeded", "failed drawn elsewhere"],
    ["badKey", "succeeded", "failed drawn elsewhere"],
    ["outOfCredit", "succeeded", "failed drawn elsewhere"],
    ["garbage", "succeeded", "unknown drawn elsewhere"],
    ["resetBefore", "succeeded", "unknown drawn elsewhere"],
    ["hangBefore", "succeeded", "unknown drawn elsewhere"],
    ["resetAfter", "succeeded", "unknown drawn elsewhere"],
    ["hang", "succeeded", "unknown drawn elsewhere"],
    ["refuse", "refused", "refused"],
    ["refuseOtherwise", "refused", "refused"],
    ["truncatedImage", "succeeded", "failed drawn elsewhere"],
    ["wrongType", "succeeded", "failed drawn elsewhere"],
    ["cutShort", "succeeded", "unknown drawn elsewhere"],
    ["slowDrip", "succeeded", "unknown drawn elsewhere"],
  ],
};

describe.each(["replicate", "stability"] as const)("a generation at %s", (name) => {
  const other = name === "replicate" ? "stability" : "replicate";

  test.each(table[name])(
    "that meets %s ends as %s, with attempts that say %s, one paid call each, and true books",
    async (fault, state, said) => {
      const shop = workshop({ patience: endless.includes(fault) ? hasty : patient });
      const seen = watch();
      simulators[name].order(fault);
      const { id, workspaceId } = await shop.ask({ providers: [name, other] });
      await shop.work({ id, workspaceId });
      await shop.drive();
      const job = await shop.job({ id, workspaceId });
      const words = job.attempts.map(({ outcome, provider }) => (provider === name ? outcome : `${outcome} elsewhere`));
      expect(words.join(" ")).toBe(said);
      expect(job.state).toBe(state);
      await expectSound(shop, job, seen);
      expect(simulators[name].counts()[fault]).toBeGreaterThanOrEqual(1);
    },
  );

  test("whose worker dies in the call, before the request or after it, is finished by another, and nothing is paid twice", async () => {
    for (const when of ["before", "after"] as const) {
      let dead = false;
      const shop = workshop({
        over: (provider) => ({
          ...provider,
          async submit(picture) {
            if (dead) return provider.submit(picture);
            dead = true;
            if (when === "after") await provider.submit(picture);
            throw new Died();
          },
        }),
      });
      const seen = watch();
      const { id, workspaceId } = await shop.ask({ providers: [name, other] });
      await shop.work({ id, workspaceId });
      expect(await shop.booked()).toBeGreaterThan(0);
      await shop.drive();
      const job = await shop.job({ id, workspaceId });
      await expectSound(shop, job, seen);
      expect(job.state).toBe("succeeded");
      expect(seen.taken(name)).toBe(name === "replicate" || when === "after" ? 1 : 0);
    }
  });
});

test("a provider that says when to come again is not asked before", async () => {
  const shop = workshop();
  simulators.replicate.order("throttle", { retryAfterS: 40 });
  const { id, workspaceId } = await shop.ask({ provider: "replicate" });
  await shop.work({ id, workspaceId });
  await shop.drive();
  const [first, second] = (await shop.job({ id, workspaceId })).attempts;
  expect(first).toMatchObject({ outcome: "failed", reason: "retry", costMicroUsd: 0 });
  const waitedMs = Date.parse(second?.startedAt ?? "") - Date.parse(first?.endedAt ?? "");
  expect(waitedMs).toBeGreaterThanOrEqual(40_000);
  expect(waitedMs).toBeLessThan(42_000);
});

test("news of work that is not open asks nobody, however often it comes", async () => {
  const shop = workshop();
  simulators.replicate.hold();
  const asked = await shop.ask({ provider: "replicate" });
  await shop.work(asked);
  const reference = (await shop.job(asked)).attempts[0]?.reference ?? "";
  const before = {
    version: (await shop.job(asked)).version,
    requests: simulators.replicate.requests().length,
    messages: shop.queue.length,
  };
  for (const news of ["another", "", "undefined"]) await shop.work(asked, { news });
  expect((await shop.job(asked)).version).toBe(before.version);
  expect(simulators.replicate.requests().length).toBe(before.requests);
  expect(shop.queue.length).toBe(before.messages);
  await shop.work(asked, { news: reference });
  expect(simulators.replicate.requests().length).toBe(before.requests + 1);
  simulators.replicate.release();
  await shop.drive();
  const ended = await shop.job(asked);
  expect(ended.state).toBe("succeeded");
  const asks = simulators.replicate.requests().length;
  for (let i = 0; i < 3; i += 1) await shop.work(asked, { news: reference });
  expect(await shop.job(asked)).toEqual(ended);
  expect(simulators.replicate.requests().length).toBe(asks);
});

test("a request that names one provider is never drawn by another, and says why it failed", async () => {
  const shop = workshop();
  const seen = watch();
  simulators.stability.order("badKey", { times: 5 });
  const { id, workspaceId } = await shop.ask({ provider: "stability", count: 2 });
  await shop.work({ id, workspaceId });
  await shop.drive();
  const job = await shop.job({ id, workspaceId });
  expect(job).toMatchObject({ state: "failed", problem: { code: "generation/failed", detail: expect.stringContaining("Check the key") } });
  expect(seen.taken("replicate")).toBe(0);
  await expectSound(shop, job, seen);
});

test("what was canceled while a provider draws is stopped there, paid as the provider bills it, and not delivered", async () => {
  const shop = workshop();
  const seen = watch();
  simulators.replicate.hold();
  const { id, workspaceId } = await shop.ask({ provider: "replicate" });
  await shop.work({ id, workspaceId });
  simulators.replicate.step();
  await shop.cancel(id);
  await shop.drive();
  simulators.replicate.release();
  const job = await shop.job({ id, workspaceId });
  expect(job.state).toBe("canceled");
  expect(shop.delivered).toEqual([]);
  expect(await shop.booked()).toBe(3_000);
  await expectSound(shop, job, seen);
});

test("fifty generations at once never pass a cap, and what it has no room for fails with that reason", async () => {
  const shop = workshop();
  const seen = watch();
  const asked = [];
  // Asked for while there was room for each of them.
  for (let i = 0; i < 50; i += 1) asked.push(await shop.ask({ provider: "stability", width: 64, height: 64 }));
  await shop.setCap({ scope: "workspace", period: "day", capMicroUsd: 1_000_000 });
  await Promise.all(asked.map((job) => shop.work(job)));
  expect(await shop.booked()).toBeLessThanOrEqual(1_000_000);
  await shop.drive();
  const ended = await Promise.all(asked.map((job) => shop.job(job)));
  const drawn = ended.filter(({ state }) => state === "succeeded");
  expect(drawn).toHaveLength(33);
  for (const job of ended)
    if (job.state !== "succeeded") expect(job).toMatchObject({ state: "failed", problem: { code: "generation/budget-spent" } });
  expect(await shop.booked()).toBe(33 * 30_000);
  expect(seen.billed()).toBe(33 * 30_000);
  expect(seen.taken("stability")).toBe(33);
});

test("a generation that was left half done by the release before is finished, though its attempts say neither image nor provider", async () => {
  const shop = workshop();
  const { id, workspaceId } = await shop.ask({ provider: "sketch", count: 2, width: 64, height: 64 });
  const asked = await shop.job({ id, workspaceId });
  const former = { id: newId("att", shop.time.now), startedAt: asked.createdAt } as Job["attempts"][number];
  await shop.announce(asked);
  await shop.jobs.save({ ...asked, state: "rendering", attempts: [former], leaseUntil: shop.time.now + 30_000, version: 2 });
  await shop.work({ id, workspaceId });
  await shop.drive();
  const job = await shop.job({ id, workspaceId });
  expect(job.state).toBe("succeeded");
  expect(job.attempts.map(({ outcome, provider }) => `${provider} ${outcome}`)).toEqual(["sketch lost", "sketch drawn", "sketch drawn"]);
});
