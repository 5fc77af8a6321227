import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Context, Problem } from "../kernel/index.ts";
import { advance, changePlan, removePlan, runDue } from "./index.ts";
import { dayMs, hourMs, minuteMs, openPlans, paid, startTable, type TestTable, tick } from "./plans.fixture.ts";
import { slotsAfter } from "./slots.ts";

let database: TestTable;
beforeAll(async () => {
  database = await startTable();
});
afterAll(() => database.close());

const world = (start = Date.parse("2026-11-20T00:00:00Z"), ...more: Parameters<typeof paid> | [ReturnType<typeof paid>]) =>
  openPlans(database, start, ...(more as [ReturnType<typeof paid>]));

const live = record({
  timeZone: constantFrom("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"),
  /** Around the changes of the clocks, and in between. */
  begin: constantFrom(
    "2027-03-12T20:00:00Z",
    "2027-03-26T20:00:00Z",
    "2027-10-01T20:00:00Z",
    "2027-10-29T20:00:00Z",
    "2027-11-05T20:00:00Z",
  ),
  rules: array(
    record({
      from: integer({ min: 0, max: 47 }),
      hours: integer({ min: 1, max: 8 }),
      min: integer({ min: 1, max: 3 }),
      more: integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  seed: integer({ min: 0, max: 10 ** 6 }),
  ticks: array(
    record({
      gap: constantFrom(minuteMs, 17 * minuteMs, hourMs, 3 * hourMs, 5 * hourMs, 29 * hourMs),
      how: constantFrom("once", "once", "twice", "at the same time", "dies before", "dies after"),
    }),
    { minLength: 10, maxLength: 30 },
  ),
});

const half = (halves: number): string => `${String(Math.floor(halves / 2) % 24).padStart(2, "0")}:${halves % 2 ? "30" : "00"}`;

describe("a plan", () => {
  test("asks once for every slot, in time and never early, however its ticks come; what it missed, nobody could have asked for", async () => {
    await assert(
      asyncProperty(live, async ({ timeZone, begin, rules, seed, ticks }) => {
        const at = world(Date.parse(begin));
        const first = new Date(at.time.now - dayMs).toISOString().slice(0, 10);
        const last = new Date(at.time.now + 3 * dayMs).toISOString().slice(0, 10);
        const plan = await at.create({
          timeZone,
          seed,
          startsOn: first,
          endsOn: last,
          rules: rules.map(({ from, hours, min, more }) => ({ from: half(from), to: half(from + hours), count: { min, max: min + more } })),
        });
        const expected = [...slotsAfter(plan, plan.cursor, at.time.now + 10 * dayMs)];
        const served: number[] = [];
        for (const { gap, how } of ticks) {
          at.time.now += gap;
          if (how === "dies before" || how === "dies after") await tick(at, how === "dies before" ? "before" : "after");
          else {
            if (how === "at the same time") await Promise.all([tick(at), tick(at), tick(at)]);
            else await tick(at);
            if (how === "twice") await tick(at);
            served.push(at.time.now);
          }
        }
        at.time.now = Math.max(at.time.now, Date.parse(begin) + 8 * dayMs);
        while ((await tick(at)) > 0);
        expect((await at.find(plan)).state).toBe("ended");

        const runs = await at.runs(plan);
        const asked = runs.filter(({ state }) => state === "asked");
        const jobs = await at.jobs();
        expect(new Set(jobs.map(({ id }) => id))).toEqual(new Set(asked.map(({ generationId }) => generationId)));
        expect(jobs.map(({ plan: use }) => use?.runId).sort()).toEqual(asked.map(({ id }) => id).sort());
        expect(runs.reduce((sum, { images }) => sum + images, 0)).toBe(expected.length);
        const planned = new Set(expected.map(({ at: moment }) => new Date(moment).toISOString()));
        for (const { state, plannedAt, createdAt, window } of runs) {
          expect(planned).toContain(plannedAt);
          if (state === "asked") expect(createdAt >= plannedAt && createdAt < (window?.endsAt ?? "")).toBe(true);
          else expect([state, createdAt >= (window?.endsAt ?? "~")]).toEqual(["missed", true]);
        }
        const isAsked = new Set(asked.map(({ plannedAt }) => Date.parse(plannedAt)));
        for (const slot of expected)
          if (served.some((tickAt) => tickAt >= slot.at && tickAt < slot.window.endsAt)) expect(isAsked).toContain(slot.at);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test("asks not a millisecond before its time, whoever calls, and at once when it has come", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 1 }] });
    at.time.now = (plan.nextAt ?? 0) - 1;
    await advance(at.ctx, at.deps, plan);
    expect(await at.jobs()).toEqual([]);
    at.time.now += 1;
    await advance(at.ctx, at.deps, plan);
    expect(await at.jobs()).toHaveLength(1);
  });

  test("that a budget does not cover says so and goes on; with money again it asks, and says nothing more", async () => {
    const at = world(Date.parse("2026-11-20T00:00:00Z"), paid());
    await at.cap(50_000);
    const plan = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 2 }] });
    await at.cap(0);
    at.time.now += 7 * hourMs - 1;
    await tick(at);
    const [one, two] = await at.runs(plan);
    expect([one, two]).toMatchObject([{ state: "skipped", problem: { code: "generation/budget-spent" } }, { state: "skipped" }]);
    expect((await at.find(plan)).trouble).toMatchObject({ code: "generation/budget-spent", detail: expect.stringContaining("$0.00") });
    expect(await at.jobs()).toEqual([]);
    await at.cap(5_000_000);
    at.time.now += dayMs;
    await tick(at);
    expect((await at.runs(plan)).map(({ state }) => state)).toEqual(["skipped", "skipped", "asked", "asked"]);
    expect(await at.find(plan)).not.toHaveProperty("trouble");
  });

  test("keeps its own cap of a day, which begins anew with midnight in its zone", async () => {
    const at = world(Date.parse("2026-11-20T12:00:00Z"), paid());
    const [{ costMicroUsd = 0 } = {}] = await (async () => {
      const probe = await at.create({ timeZone: "UTC", rules: [{ from: "12:01", to: "12:02", count: 1 }] });
      at.time.now += 2 * minuteMs - 1;
      await tick(at);
      await removePlan(at.ctx, at.deps, probe.id);
      return at.runs(probe);
    })();
    expect(costMicroUsd).toBeGreaterThan(0);
    const plan = await at.create({
      timeZone: "Asia/Kathmandu",
      rules: [{ from: "22:00", to: "02:00", count: 4 }],
      capPerDayMicroUsd: costMicroUsd,
    });
    // In Kathmandu it is 17:46: the window is from 16:15 to 20:15 UTC, and midnight at 18:15.
    for (let i = 0; i < 10; i += 1) {
      at.time.now += hourMs;
      await tick(at);
    }
    const runs = await at.runs(plan);
    expect(runs.map(({ state }) => state)).toEqual(["asked", "skipped", "asked", "skipped"]);
    expect(runs[1]?.problem?.code).toBe("plans/cap-reached");
  });

  test("that cannot be filled any more says what is wrong in its runs, and fails for nobody", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 1 }] });
    const broken = { ...at.deps, catalogue: { models: [], edits: [], order: [] } };
    at.time.now += 7 * hourMs - 1;
    await advance(at.ctx, broken, plan);
    expect(await at.runs(plan)).toMatchObject([{ state: "skipped", problem: { code: "request/invalid" } }]);
  });

  test("that is paused asks for nothing; what it would have asked for meanwhile is neither asked for nor told as missed", async () => {
    const at = world();
    const plan = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 1 }] });
    const paused = await changePlan(at.ctx, at.deps, plan.id, { state: "paused" });
    expect(paused).not.toHaveProperty("nextAt");
    at.time.now += 30 * hourMs;
    expect(await tick(at)).toBe(0);
    await changePlan(at.ctx, at.deps, plan.id, { state: "active" });
    at.time.now = Date.parse("2026-11-21T06:59:59.999Z");
    await tick(at);
    expect(await at.runs(plan)).toMatchObject([{ state: "asked", window: { day: "2026-11-21" } }]);
    await removePlan(at.ctx, at.deps, plan.id);
    at.time.now += dayMs;
    expect(await tick(at)).toBe(0);
  });

  test("lets its sets of values take turns, with another seed each time", async () => {
    const at = world();
    const words = { text: "{thing} at dawn", variables: [{ type: "text", name: "thing" }] };
    const { createTemplate, TemplateRequest } = await import("../prompts/index.ts");
    const template = await createTemplate(at.ctx, at.deps, TemplateRequest.parse({ name: "T", category: "nature", ...words }));
    const ask = { templateId: template.id, variableSets: [{ thing: "a boat" }, { thing: "a pier" }, { thing: "a gull" }] };
    await at.create({ timeZone: "UTC", ask, rules: [{ from: "06:00", to: "07:00", count: 4 }] });
    at.time.now += 7 * hourMs - 1;
    await tick(at);
    const jobs = (await at.jobs()).toReversed();
    expect(jobs.map(({ prompt }) => prompt)).toEqual(["a boat at dawn", "a pier at dawn", "a gull at dawn", "a boat at dawn"]);
    expect(new Set(jobs.map(({ seed }) => seed)).size).toBe(4);
    expect(new Set(jobs.map(({ requestedBy }) => requestedBy))).toEqual(new Set(["ada"]));
    const wrong = at.create({
      ask: { ...ask, variableSets: [{ thing: "a boat" }, {}] },
      rules: [{ from: "06:00", to: "07:00", count: 4 }],
    });
    await expect(wrong).rejects.toMatchObject({ errors: [{ pointer: "#/ask/variableSets/1/thing" }] });
  });

  test.each([
    ["an end before its first day", { endsOn: "2026-11-01", startsOn: "2026-11-10" }],
    ["a day of the month that its months do not have", { rules: [{ months: [2], monthDays: [30], from: "06:00", to: "07:00", count: 1 }] }],
    ["a last day that is over", { endsOn: "2026-11-19" }],
    ["all of its days skipped", { endsOn: "2026-11-21", skipDates: ["2026-11-20", "2026-11-21"] }],
    ["a quota beside its rules", { quota: { approvals: 1, by: "2026-12-01" } }],
    ["a window of nothing", { rules: [{ from: "06:00", to: "06:00", count: 1 }] }],
    ["a date that does not exist", { skipDates: ["2026-02-30"] }],
    ["a zone that does not exist", { timeZone: "Europe/Atlantis" }],
    ["a picture that nothing can draw", { ask: { prompt: "x", width: 16_000 } }],
  ])("with %s is refused when it is made", async (_what, body) => {
    const at = world();
    const made = (async () => at.create({ rules: [{ from: "06:00", to: "07:00", count: 1 }], timeZone: "UTC", ...body }))();
    const told = await made.then(
      () => "made",
      (error: unknown) => (error instanceof Problem ? error.type.status : (error as { name: string }).name),
    );
    expect([422, "ZodError"]).toContain(told);
  });
});

test("looking at a plan costs one read, a list or a history one Query, a run one read of the plan and one transaction", async () => {
  const at = world();
  const plan = await at.create({ timeZone: "UTC", rules: [{ from: "06:00", to: "07:00", count: 1 }] });
  const counted = async (work: () => Promise<unknown>) => {
    database.calls.length = 0;
    await work();
    return [...database.calls];
  };
  expect(await counted(() => at.find(plan))).toEqual(["GetItemCommand"]);
  expect(await counted(() => at.deps.plans.list(at.ctx.workspaceId, { limit: 25 }))).toEqual(["QueryCommand"]);
  at.time.now += 7 * hourMs - 1;
  const run = await counted(() => runDue(at.ctx as Context, at.deps, plan));
  expect(run).toEqual(["QueryCommand", "GetItemCommand", "TransactWriteItemsCommand", "GetItemCommand"]);
  expect(await counted(() => at.deps.plans.listRuns(at.ctx.workspaceId, plan.id, { limit: 25 }))).toEqual(["QueryCommand"]);
});
