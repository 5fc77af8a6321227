import { failuresMax, pauseMs } from "@atelier/core/capacity";
import { heldPatienceMs, type Job } from "@atelier/core/generation";
import { type Provider as Simulator, startComfyui, startMidjourney, startReplicate, startStability } from "@atelier/simulators";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTable, type TestTable } from "../harness/table.ts";
import { Died, type Means, openWorkshop, type Workshop } from "../harness/workshop.ts";

let database: TestTable;
let simulators: Record<"replicate" | "stability", Simulator>;
beforeEach(async () => {
  database = await startTable();
  simulators = { replicate: await startReplicate(), stability: await startStability() };
});
afterEach(async () => {
  for (const simulator of Object.values(simulators)) await simulator.close();
  await database.close();
});

const patience = { submitMs: 20_000, readMs: 20_000, fileMs: 20_000 };
const workshop = (means: Partial<Means> = {}) =>
  openWorkshop(database.table, { simulators, patience, limits: () => ({ atOnce: 8, perMinute: 60_000 }), ...means });
const attemptsOf = ({ attempts }: Job) => attempts.map(({ provider, outcome }) => `${provider} ${outcome}`);

/** Fails as often as pauses a provider, with generations of their own. */
async function pause(shop: Workshop, provider: "replicate" | "stability"): Promise<void> {
  simulators[provider].order("unavailable", { times: failuresMax });
  for (let i = 0; i < failuresMax; i += 1) await shop.work(await shop.ask({ provider }));
}

test("a provider that is paused is passed over, costs no attempt, and is asked again by one when its pause is over", async () => {
  const shop = workshop();
  await pause(shop, "stability");
  const before = simulators.stability.requests().length;
  const asked = await shop.ask({ providers: ["stability", "replicate"] });
  await shop.work(asked);
  expect(attemptsOf(await shop.job(asked))).toEqual(["replicate undefined"]);
  expect(simulators.stability.requests().length).toBe(before);
  await shop.drive();
  expect((await shop.job(asked)).state).toBe("succeeded");

  shop.time.now += pauseMs;
  const next = await shop.ask({ providers: ["stability", "replicate"] });
  await shop.work(next);
  expect(attemptsOf(await shop.job(next))).toEqual(["stability drawn"]);
});

test("what a provider took and then failed at is drawn elsewhere, and however often that is, it pauses nobody", async () => {
  const midjourney = await startMidjourney();
  try {
    const shop = workshop({ simulators: { midjourney } });
    midjourney.order("fail", { times: 8 });
    const asked = await shop.ask({ providers: ["midjourney", "sketch"], width: 64, height: 64, count: 8 });
    await shop.work(asked);
    await shop.drive();
    const done = await shop.job(asked);
    expect(done.state).toBe("succeeded");
    expect(attemptsOf(done).filter((said) => said === "midjourney failed")).toHaveLength(8);
    const next = await shop.ask({ providers: ["midjourney", "sketch"], width: 64, height: 64 });
    await shop.work(next);
    await shop.drive();
    expect(attemptsOf(await shop.job(next))).toEqual(["midjourney drawn"]);
  } finally {
    await midjourney.close();
  }
});

test("a generation that only a paused provider may draw waits for it, and is drawn", async () => {
  const shop = workshop();
  await pause(shop, "stability");
  const asked = await shop.ask({ provider: "stability" });
  const askedAt = shop.time.now;
  await shop.work(asked);
  const waiting = await shop.job(asked);
  expect(waiting).toMatchObject({ state: "queued", attempts: [], held: [{ provider: "stability", why: "paused" }] });
  await shop.drive();
  const done = await shop.job(asked);
  expect(done.state).toBe("succeeded");
  expect(Date.parse(done.attempts[0]?.startedAt ?? "") - askedAt).toBeGreaterThanOrEqual(pauseMs);
  expect(attemptsOf(done)).toEqual(["stability drawn"]);
});

test("who finds no room for two hours is not waited for: the next provider is asked, or the generation says that it waited in vain", async () => {
  const shop = workshop({ limits: (provider) => (provider === "stability" ? { atOnce: 0, perMinute: 60_000 } : undefined) });
  const alone = await shop.ask({ provider: "stability" });
  const either = await shop.ask({ providers: ["stability", "replicate"] });
  const askedAt = shop.time.now;
  for (const job of [alone, either]) await shop.work(job);
  shop.time.now += heldPatienceMs - 120_000;
  await shop.drive();
  const failed = await shop.job(alone);
  expect(failed).toMatchObject({ state: "failed", problem: { code: "generation/failed" } });
  expect(failed.problem?.detail).toMatch(/^For two hours it had no room/);
  const drawn = await shop.job(either);
  expect(attemptsOf(drawn)).toEqual(["stability failed", "replicate drawn"]);
  for (const at of [failed.finishedAt, drawn.startedAt]) {
    expect(Date.parse(at ?? "") - askedAt).toBeGreaterThanOrEqual(heldPatienceMs);
    expect(Date.parse(at ?? "") - askedAt).toBeLessThan(heldPatienceMs + 60_000);
  }
});

test("one that is told no when its pause is over is paused anew, and its generation waits on", async () => {
  const shop = workshop();
  await pause(shop, "stability");
  shop.time.now += pauseMs;
  simulators.stability.order("throttle", { retryAfterS: 100 });
  const asked = await Promise.all(Array.from({ length: 3 }, () => shop.ask({ provider: "stability" })));
  const before = simulators.stability.requests().length;
  for (const job of asked) await shop.work(job);
  expect(simulators.stability.requests().length).toBe(before + 1);
  await shop.drive();
  for (const job of asked) expect((await shop.job(job)).state).toBe("succeeded");
});

test("no more are in the making at a provider than its limit allows, and places of workers that die come back by themselves", async () => {
  let inHand = 0;
  let most = 0;
  let deaths = 2;
  const shop = workshop({
    limits: () => ({ atOnce: 2, perMinute: 60_000 }),
    over: (provider) => ({
      ...provider,
      async submit(picture) {
        deaths -= 1;
        if (deaths >= 0) throw new Died();
        inHand += 1;
        most = Math.max(most, inHand);
        const submitted = await provider.submit(picture);
        inHand -= 1;
        return submitted;
      },
    }),
  });
  const asked = await Promise.all(Array.from({ length: 12 }, () => shop.ask({ provider: "stability" })));
  const states = async () => (await Promise.all(asked.map((job) => shop.job(job)))).map(({ state }) => state).sort();
  await Promise.all(asked.map((job) => shop.work(job)));
  // The dead hold both places.
  expect(await states()).toEqual([...Array(10).fill("queued"), ...Array(2).fill("rendering")]);
  shop.time.now += 4 * 60_000;
  for (let round = 0; round < 8; round += 1) {
    await Promise.all(asked.map((job) => shop.work(job)));
    shop.time.now += 60_000;
  }
  await shop.drive();
  // Of the two whose workers died nobody knows what became.
  expect(await states()).toEqual([...Array(2).fill("failed"), ...Array(10).fill("succeeded")]);
  expect(most).toBe(2);
});

test("what a provider draws on its own time holds its place until it is drawn", async () => {
  const shop = workshop({ limits: () => ({ atOnce: 3, perMinute: 60_000 }) });
  simulators.replicate.hold();
  const asked = await Promise.all(Array.from({ length: 8 }, () => shop.ask({ provider: "replicate" })));
  for (const job of asked) await shop.work(job);
  expect(simulators.replicate.predictions()).toHaveLength(3);
  simulators.replicate.release();
  await shop.drive();
  expect(simulators.replicate.predictions()).toHaveLength(8);
  for (const job of asked) expect((await shop.job(job)).state).toBe("succeeded");
});

test("a place whose generation finds no money is given back", async () => {
  const shop = workshop({ limits: () => ({ atOnce: 1, perMinute: 60_000 }) });
  const poor = await shop.ask({ provider: "stability" });
  await shop.setCap({ scope: "workspace", period: "day", capMicroUsd: 0 });
  await shop.work(poor);
  expect(await shop.job(poor)).toMatchObject({ state: "failed", problem: { code: "generation/budget-spent" } });
  await shop.setCap({ scope: "workspace", period: "day", capMicroUsd: 1_000_000 });
  const next = await shop.ask({ provider: "stability" });
  await shop.work(next);
  expect((await shop.job(next)).state).toBe("succeeded");
});

test("a generation that is canceled while a free provider draws for it gives its place back as soon as that is called off", async () => {
  const comfyui = await startComfyui();
  try {
    const shop = workshop({ simulators: { comfyui }, limits: () => ({ atOnce: 1, perMinute: 60_000 }) });
    comfyui.hold();
    const first = await shop.ask({ provider: "comfyui" });
    await shop.work(first);
    expect((await shop.job(first)).attempts).toMatchObject([{ provider: "comfyui", reservedMicroUsd: 0, place: expect.anything() }]);
    await shop.cancel(first.id);
    comfyui.release();
    const begun = shop.time.now;
    const next = await shop.ask({ provider: "comfyui" });
    await shop.work(next);
    await shop.drive();
    expect((await shop.job(first)).attempts).toMatchObject([{ outcome: expect.stringMatching(/canceled|failed/) }]);
    const done = await shop.job(next);
    expect(done.state).toBe("succeeded");
    // Not when the lease of the first was over.
    expect(Date.parse(done.finishedAt ?? "") - begun).toBeLessThan(120_000);
  } finally {
    await comfyui.close();
  }
});
