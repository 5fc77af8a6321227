import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advance, changePlan, createPlan, PlanRequest, runDue } from "./index.ts";
import { dayMs, hourMs, minuteMs, openPlans, paid, startTable, type TestTable, tick } from "./plans.fixture.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const world = (start = Date.parse("2026-11-20T00:00:00Z"), ...more: Parameters<typeof paid> | [ReturnType<typeof paid>]) =>
  openPlans(database, start, ...(more as [ReturnType<typeof paid>]));

describe("a quota", () => {
  const soon = { approvals: 3, by: "2026-11-27" };
  const actions = array(
    record({
      what: constantFrom("draw", "draw", "fail", "review", "review", "review", "delete", "wait", "long", "die"),
      decision: constantFrom("approved", "approved", "rejected", "held", "changes_requested"),
      which: integer({ min: 0, max: 100 }),
    }),
    { minLength: 5, maxLength: 40 },
  );

  test("never has more to review than may wait, asks for no more than is wanted or allowed, and ends as its reviews say", async () => {
    const { remove } = await import("../library/images.ts");
    await assert(
      asyncProperty(
        actions,
        integer({ min: 1, max: 5 }),
        integer({ min: 1, max: 4 }),
        integer({ min: 0, max: 6 }),
        async (all, approvals, atOnce, more) => {
          const at = world();
          const plan = await at.create({ timeZone: "UTC", quota: { approvals, atOnce, by: "2026-11-27", maxImages: approvals + more } });
          await tick(at);
          const look = async () => {
            const ids = (await at.runs(plan)).flatMap(({ imageIds = [] }) => imageIds);
            const images = await at.deps.images.getMany(at.ctx.workspaceId, ids);
            const ended = new Set((await at.jobs()).filter(({ state }) => state !== "queued").flatMap(({ imageIds }) => imageIds));
            const state = (id: string) => {
              const image = images.find((one) => one?.id === id);
              if (!image) return ended.has(id) ? "closed" : "open";
              if (image.deletedAt) return "closed";
              return image.state === "approved" ? "approved" : image.state === "in_review" || image.state === "held" ? "open" : "closed";
            };
            const of = (wanted: string) => ids.filter((id) => state(id) === wanted);
            return {
              ids,
              images: images.flatMap((image) => (image && !image.deletedAt ? [image] : [])),
              open: of("open").length,
              approved: of("approved").length,
            };
          };
          for (const { what, decision, which } of all) {
            const before = await at.find(plan);
            if (before.state !== "active") break;
            const queued = (await at.jobs()).filter(({ state }) => state === "queued");
            const job = queued[which % Math.max(1, queued.length)];
            const { images } = await look();
            const image = images[which % Math.max(1, images.length)];
            if (what === "draw" && job) await at.draw(job.id);
            if (what === "fail" && job) await at.draw(job.id, "failed");
            if (what === "review" && image) await at.say(image.id, decision);
            if (what === "delete" && image) await remove(at.ctx, at.deps, image.id);
            if (what === "wait") at.time.now += 20 * minuteMs;
            if (what === "long") at.time.now += 2 * dayMs;
            if (what === "die") await tick(at, "before");
            // News of all that comes twice, and at the same time.
            await Promise.all([advance(at.ctx, at.deps, plan), advance(at.ctx, at.deps, plan)]);
            const now = await look();
            const asked = now.ids.length;
            expect(asked).toBeLessThanOrEqual(approvals + more);
            const after = await at.find(plan);
            // Only whoever asks can keep to that: a person may take an approval back.
            if (after.asked.length > before.asked.length) {
              expect(now.open).toBeLessThanOrEqual(atOnce);
              expect(now.open + now.approved).toBeLessThanOrEqual(approvals);
            }
            expect(after.state === "met").toBe(now.approved >= approvals);
            expect(after.asked.flatMap(({ imageIds }) => imageIds).sort()).toEqual([...now.ids].sort());
          }
          at.time.now = Date.parse("2026-11-28T00:00:00Z");
          await tick(at);
          const { state, asked } = await at.find(plan);
          expect(["met", "ended", "paused"]).toContain(state);
          expect(await at.jobs()).toHaveLength(asked.length);
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  test("asks at once, for another picture with each one rejected, until it has what it wants", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "UTC", quota: { ...soon, atOnce: 2 } });
    const follow = () => {
      at.time.now += minuteMs;
      return advance(at.ctx, at.deps, plan);
    };
    await tick(at);
    const images = async () => (await at.runs(plan)).flatMap(({ imageIds = [] }) => imageIds);
    expect(await images()).toHaveLength(2);
    const drawAll = async () => {
      for (const job of await at.jobs()) if (job.state === "queued") await at.draw(job.id);
      await follow();
    };
    await drawAll();
    const [one = "", two = ""] = await images();
    await at.say(one, "approved");
    await follow();
    await at.say(two, "rejected");
    await follow();
    expect(await images()).toHaveLength(4);
    await drawAll();
    for (const id of (await images()).slice(2)) {
      await at.say(id, "approved");
      await follow();
    }
    expect(await at.find(plan)).toMatchObject({ state: "met", standing: { approved: 3, open: 0, closed: 1 } });
    expect(await images()).toHaveLength(4);
    await expect(changePlan(at.ctx, at.deps, plan.id, { name: "Again" })).rejects.toMatchObject({ type: { code: "plans/over" } });
  });

  test("that is not met in time says how far it came", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "America/New_York", quota: soon });
    await tick(at);
    at.time.now = Date.parse("2026-11-28T04:59:59Z");
    await tick(at);
    expect((await at.find(plan)).state).toBe("active");
    at.time.now = Date.parse("2026-11-28T05:00:00Z");
    await tick(at);
    expect(await at.find(plan)).toMatchObject({
      state: "ended",
      trouble: { code: "plans/unmet", detail: "By 2026-11-27, America/New_York, 0 of 3 pictures were approved." },
    });
    expect((await at.runs(plan)).map(({ state }) => state)).toEqual(["asked", "missed"]);
  });

  test("whose generations fail waits longer each time, and after five asks for somebody to look", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "UTC", quota: soon });
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = at.time.now;
      while ((await at.jobs()).length === round) {
        at.time.now += 5 * minuteMs;
        await tick(at);
      }
      waits.push((at.time.now - before) / minuteMs);
      const [job] = (await at.jobs()).filter(({ state }) => state === "queued");
      await at.draw(job?.id ?? "", "failed");
      await advance(at.ctx, at.deps, plan);
    }
    expect(waits).toEqual([5, 15, 30, 60, 120]);
    expect(await at.find(plan)).toMatchObject({ state: "paused", trouble: { code: "plans/unmet" } });
    const quota = { ...soon, maxImages: 40 };
    await changePlan(at.ctx, at.deps, plan.id, { state: "active", quota: { ...quota, atOnce: 4 } });
    await tick(at);
    expect(await at.find(plan)).toMatchObject({ state: "active", standing: { open: 3 } });
  });

  test("comes before calendars of its workspace that are due as well", async () => {
    const at = world(Date.parse("2026-11-20T00:00:00Z"), paid());
    const calendar = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 1 }] });
    at.time.now += 7 * hourMs - 1;
    const quota = await at.create({ timeZone: "UTC", quota: { ...soon, approvals: 1 } });
    await runDue(at.ctx, at.deps, calendar);
    const jobs = (await at.jobs()).toReversed();
    expect(jobs.map(({ plan }) => plan?.id)).toEqual([quota.id, calendar.id]);
  });

  test("that the budget holds back tries again, and tells it once", async () => {
    const at = world(Date.parse("2026-11-20T00:00:00Z"), paid());
    const plan = await at.create({ timeZone: "UTC", quota: soon });
    await at.cap(0);
    for (let i = 0; i < 10; i += 1) {
      await tick(at);
      at.time.now += 10 * minuteMs;
    }
    expect((await at.runs(plan)).map(({ state }) => state)).toEqual(["skipped"]);
    await at.cap(5_000_000);
    at.time.now += 20 * minuteMs;
    await tick(at);
    expect((await at.runs(plan)).map(({ state }) => state)).toEqual(["skipped", "asked"]);
    expect(await at.find(plan)).not.toHaveProperty("trouble");
  });

  test("whose words are refused is paused and tells it once, and the audit log has one entry of it", async () => {
    const at = world();
    const allowed = {
      ...at.deps,
      safety: { ...at.deps.safety, mature: "declared" as const, adulthood: async () => ({ declared: true, verified: false }) },
    };
    const body = { name: "Plan", ask: { prompt: "a gory battlefield", provider: "sketch" }, timeZone: "UTC", quota: soon };
    const plan = await createPlan(at.ctx, allowed, PlanRequest.parse(body));
    for (let i = 0; i < 10; i += 1) {
      await tick(at);
      at.time.now += 20 * minuteMs;
    }
    expect(await at.find(plan)).toMatchObject({ state: "paused", trouble: { code: "safety/mature-off" } });
    expect((await at.runs(plan)).map(({ state }) => state)).toEqual(["skipped"]);
    const { items } = await at.deps.safety.audit.list(at.ctx.workspaceId, { limit: 50 });
    expect(items.filter(({ outcome }) => outcome === "refused")).toHaveLength(1);
  });
});
