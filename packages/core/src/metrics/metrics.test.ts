import { array, assert, constantFrom, integer, property, uuid } from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { type Attempt, type Job, jobStore } from "../generation/index.ts";
import { newJob } from "../generation/new-job.ts";
import { ownerOf, personalWorkspace } from "../identity/index.ts";
import { type Context, instant, newId } from "../kernel/index.ts";
import { type Image, imageKey, imageStore } from "../library/index.ts";
import { countGeneration, countReview, csvOf, listAlerts, mailAlert, metricsStore, report, tellOfBudget } from "./index.ts";
import { bucketOf, quantile } from "./sums.ts";

let database: TestTable;
let deps: ReturnType<typeof makeDeps>;
const mails: { subject: string; text: string }[] = [];
const makeDeps = ({ table }: TestTable) => ({
  metrics: metricsStore(table),
  jobs: jobStore(table),
  images: imageStore(table),
  post: async (_workspace: string, mail: { subject: string; text: string }) => mails.push(mail) > 0,
});
beforeAll(async () => {
  database = await startTable();
  deps = makeDeps(database);
});
afterAll(() => database.close());

const time = { now: 0 };
let ctx: Context;
beforeEach(() => {
  time.now = Date.parse("2026-11-20T10:00:00.000Z");
  mails.length = 0;
  ctx = {
    actor: { kind: "system" },
    role: "owner",
    workspaceId: newId("wks", Date.now()),
    correlationId: "req_test",
    clock: { now: () => time.now, sleepUntil: async () => undefined },
  };
});

type Said = { outcome: Attempt["outcome"]; reason?: Attempt["reason"]; ms?: number; cost?: number; provider?: string };

/** A generation that has ended, with these attempts one after the other. */
async function ended(...said: Said[]): Promise<Job> {
  return endedAs({}, ...said);
}

async function endedAs(more: Partial<Job>, ...said: Said[]): Promise<Job> {
  const job = { ...newJob(ctx, { prompt: "fog", quality: "draft", count: 1, tags: [] }), ...more };
  const attempts = said.map(({ outcome, reason, ms = 200, cost = 0, provider = "replicate" }): Attempt => {
    const startedAt = instant(time.now);
    time.now += ms;
    const [id, imageId] = [newId("att", time.now), job.imageIds[0] ?? ""];
    return {
      id,
      imageId,
      provider,
      model: "flux",
      reservedMicroUsd: cost,
      startedAt,
      endedAt: instant(time.now),
      outcome,
      ...(reason && { reason }),
      costMicroUsd: cost,
    };
  });
  const done: Job = { ...job, state: "succeeded", attempts, finishedAt: instant(time.now) };
  await deps.jobs.create(ctx, done, {
    id: newId("evt", time.now),
    type: "test",
    at: "",
    actor: "system",
    correlationId: "",
    workspaceId: "",
    subject: "",
    version: 1,
  });
  return done;
}
const count = async (...said: Said[]) => countGeneration(ctx, deps, (await ended(...said)).id);
const alerts = async () => (await listAlerts(ctx, deps, { limit: 20 })).items;
const all = async () => (await report(ctx, deps, { by: "all" })).items[0];

describe("a generation that has ended", () => {
  test("is counted once, however often and however much at once its news come", async () => {
    const { id } = await ended({ outcome: "failed", cost: 100 }, { outcome: "drawn", cost: 2_500, ms: 1_000 });
    const counted = await Promise.all(Array.from({ length: 8 }, () => countGeneration(ctx, deps, id)));
    expect(counted.filter(Boolean)).toHaveLength(1);
    expect(await all()).toMatchObject({
      drawn: 1,
      failed: 1,
      refused: 0,
      costMicroUsd: 2_600,
      successRate: 0.5,
      costPerImageMicroUsd: 2_600,
    });
  });

  test("is counted for its models, and told apart by day", async () => {
    await count({ outcome: "drawn", provider: "stability", ms: 3_000 });
    time.now += 24 * 60 * 60 * 1000;
    await count({ outcome: "refused" }, { outcome: "drawn", provider: "stability", ms: 5_000 });
    const models = await report(ctx, deps, { by: "model" });
    expect(models.items).toMatchObject([
      { provider: "stability", model: "flux", drawn: 2, successRate: 1 },
      { provider: "replicate", model: "flux", drawn: 0, refused: 1, successRate: 0 },
    ]);
    expect((await report(ctx, deps, { by: "day" })).items).toMatchObject([
      { day: "2026-11-20", drawn: 1, refused: 0 },
      { day: "2026-11-21", drawn: 1, refused: 1 },
    ]);
    expect((await report(ctx, deps, { by: "all", from: "2026-11-21", to: "2026-11-21" })).items).toMatchObject([{ drawn: 1 }]);
  });

  test("that edits a picture is counted for its model, and in all for its cost: nothing was drawn", async () => {
    const source = { sha256: "", mimeType: "image/png", width: 64, height: 64 };
    const edit = { imageId: newId("img", time.now), operation: { type: "remove_background" } as const, source };
    await count({ outcome: "drawn", cost: 3_000 });
    const job = await endedAs({ id: newId("edt", time.now), edit }, { outcome: "failed", cost: 0 }, { outcome: "drawn", cost: 20_000 });
    expect(await countGeneration(ctx, deps, job.id)).toBe(true);
    expect(await countGeneration(ctx, deps, job.id)).toBe(false);
    expect(await all()).toMatchObject({ drawn: 1, failed: 0, costMicroUsd: 23_000 });
    expect((await report(ctx, deps, { by: "model" })).items).toMatchObject([{ drawn: 2, failed: 1, costMicroUsd: 23_000 }]);
    expect((await deps.jobs.list(ctx.workspaceId, { limit: 10 })).items.map(({ edit }) => edit)).toEqual([undefined]);
  });

  test("costs one read of its figures, whatever was made", async () => {
    await count({ outcome: "drawn" });
    database.calls.length = 0;
    await report(ctx, deps, { by: "model" });
    expect(database.calls).toEqual(["QueryCommand"]);
  });
});

test("a review counts for the day of the image, a later one takes its place, and an edit takes it back", async () => {
  await count({ outcome: "drawn", cost: 3_000 }, { outcome: "drawn", cost: 3_000 });
  const id = newId("img", time.now);
  const making = {
    generationId: "gen_1",
    prompt: "fog",
    quality: "draft",
    provider: "replicate",
    model: "flux",
    seed: 1,
    width: 1,
    height: 1,
    costMicroUsd: 3_000,
    queueMs: 0,
  };
  const put = (version: number, decision?: "approved" | "rejected") =>
    database.table.write({
      put: {
        ...imageKey(ctx.workspaceId, id),
        ...{ id, workspaceId: ctx.workspaceId, state: decision ?? "in_review", source: "generation", making, tags: [], stars: 0, version },
        ...{ createdBy: "ada", correlationId: "", createdAt: "2026-11-20T10:00:00.000Z", updatedAt: "" },
        ...(decision && { review: { decision, by: "ada", at: "", reasons: [] } }),
      } satisfies Image & { pk: string; sk: string },
    });
  await put(2, "rejected");
  expect([await countReview(ctx, deps, id), await countReview(ctx, deps, id)]).toEqual([true, false]);
  expect(await all()).toMatchObject({ approved: 0, rejected: 1 });
  await put(3, "approved");
  time.now += 48 * 60 * 60 * 1000;
  expect(await countReview(ctx, deps, id)).toBe(true);
  expect((await report(ctx, deps, { by: "day" })).items).toMatchObject([
    { day: "2026-11-20", approved: 1, rejected: 0, costPerApprovedMicroUsd: 6_000 },
  ]);
  await put(4);
  expect(await countReview(ctx, deps, id)).toBe(true);
  expect((await report(ctx, deps, { by: "day" })).items).toMatchObject([{ day: "2026-11-20", approved: 0, rejected: 0 }]);
});

describe("people are told", () => {
  test("of three failures in a row, once, and again when that is over", async () => {
    await count({ outcome: "failed" }, { outcome: "failed" });
    await count({ outcome: "refused" }, { outcome: "drawn" });
    await count({ outcome: "failed" }, { outcome: "failed" });
    expect(await alerts()).toEqual([]);
    await count({ outcome: "failed" }, { outcome: "failed" });
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ kind: "failures", subject: "model/replicate/flux", title: "flux at replicate fails" });
    expect(alert?.resolvedAt).toBeUndefined();
    await count({ outcome: "drawn" });
    expect((await alerts()).map(({ resolvedAt }) => resolvedAt)).toEqual([expect.any(String)]);
    await count({ outcome: "failed" }, { outcome: "failed" }, { outcome: "failed" });
    expect(await alerts()).toHaveLength(2);
  });

  test("of a model that is slower than it was on 95 of 100 of the last seven days, three times in a row", async () => {
    for (let day = 0; day < 5; day += 1) {
      await count(...Array.from({ length: 6 }, () => ({ outcome: "drawn" as const, ms: 1_000 })));
      time.now += 24 * 60 * 60 * 1000;
    }
    const slow = { outcome: "drawn" as const, ms: 4_000 };
    await count(slow, slow);
    expect(await alerts()).toEqual([]);
    await count(slow);
    expect(await alerts()).toMatchObject([{ kind: "slow", subject: "model/replicate/flux" }]);
    await count({ outcome: "drawn", ms: 900 });
    expect((await alerts())[0]?.resolvedAt).toBeDefined();
  });

  test("of no slowness where too little is known", async () => {
    await count(...Array.from({ length: 19 }, () => ({ outcome: "drawn" as const, ms: 100 })));
    time.now += 24 * 60 * 60 * 1000;
    await count(...Array.from({ length: 3 }, () => ({ outcome: "drawn" as const, ms: 90_000 })));
    expect(await alerts()).toEqual([]);
  });

  test("of a budget once for each share, and it is over when its period is", async () => {
    const reached = { scope: "workspace", period: "day", share: 0.8, capMicroUsd: 5_000_000, endsAt: "2026-11-21T00:00:00.000Z" };
    const told = [await tellOfBudget(ctx, deps, reached, time.now), await tellOfBudget(ctx, deps, reached, time.now)];
    expect(told).toEqual([true, false]);
    await tellOfBudget(ctx, deps, { ...reached, share: 1 }, time.now + 5);
    expect((await alerts()).map(({ title, resolvedAt }) => [title, resolvedAt])).toEqual([
      ["The workspace's budget of the day is 100 % used", undefined],
      ["The workspace's budget of the day is 80 % used", undefined],
    ]);
    time.now = Date.parse(reached.endsAt);
    expect((await alerts()).map(({ resolvedAt }) => resolvedAt)).toEqual([reached.endsAt, reached.endsAt]);
  });

  test("by mail of its begin and of its end, each once", async () => {
    await count({ outcome: "failed" }, { outcome: "failed" }, { outcome: "failed" });
    const id = (await alerts())[0]?.id ?? "";
    for (let again = 0; again < 2; again += 1) await mailAlert(ctx, deps, id, "raised");
    await count({ outcome: "drawn" });
    for (let again = 0; again < 2; again += 1) await mailAlert(ctx, deps, id, "resolved");
    expect(mails.map(({ subject }) => subject)).toEqual(["flux at replicate fails", "Over: flux at replicate fails"]);
  });
});

test("an attempt that nobody was asked for says nothing of a model", async () => {
  const declined = { outcome: "failed" as const, reason: "budget-spent" as const, ms: 0 };
  await count(declined, declined, declined, declined);
  expect([await alerts(), await all()]).toMatchObject([[], { drawn: 0, failed: 0 }]);
});

test("nobody is told of another workspace's troubles", async () => {
  await count({ outcome: "failed" }, { outcome: "failed" }, { outcome: "failed" });
  expect(await alerts()).toHaveLength(1);
  const other = { ...ctx, workspaceId: newId("wks", time.now) };
  expect((await listAlerts(other, deps, { limit: 20 })).items).toEqual([]);
  expect((await report(other, deps, { by: "all" })).items).toMatchObject([{ failed: 0 }]);
});

test("a quarter of busy days is reported whole, though one read does not hold it", async () => {
  const busy = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`model/provider/a-model-with-a-name-that-is-rather-long-${i}|drawn`, 1]),
  );
  const dayMs = 24 * 60 * 60 * 1000;
  for (let day = 0; day < 90; day += 1) {
    const at = instant(time.now - day * dayMs).slice(0, 10);
    await deps.metrics.add(ctx.workspaceId, at, { ...busy, "all|drawn": 1 }, []);
  }
  database.calls.length = 0;
  const from = instant(time.now - 89 * dayMs).slice(0, 10);
  expect((await report(ctx, deps, { by: "all", from, to: "2026-11-20" })).items).toMatchObject([{ drawn: 90 }]);
  expect(database.calls.length).toBeGreaterThan(1);
});

describe("a quantile", () => {
  test("is within a twentieth of the true one", () => {
    assert(
      property(array(integer({ min: 10, max: 600_000 }), { minLength: 1, maxLength: 200 }), constantFrom(0.5, 0.95), (values, share) => {
        const times = new Map<number, number>();
        for (const ms of values) times.set(bucketOf(ms), (times.get(bucketOf(ms)) ?? 0) + 1);
        const truth = values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
        const told = quantile(times, share) ?? 0;
        // Half a step, and what rounding adds.
        expect(Math.abs(told - truth)).toBeLessThanOrEqual(truth * 0.05 + 1);
      }),
    );
  });
});

test("a table has a line of names, and no cell that a spreadsheet would run", () => {
  const pictures = { drawn: 1, failed: 0, refused: 0, approved: 0, rejected: 0, costMicroUsd: 0 };
  const figures = { ...pictures, textsAnswered: 2, textsFailed: 1, textsRefused: 0, textCostMicroUsd: 345 };
  const [names, line, ...rest] = csvOf({ items: [{ provider: "=cmd()", model: 'a,"b"', ...figures }] }).split("\r\n");
  expect(names?.split(",").slice(0, 4)).toEqual(["day", "provider", "model", "templateId"]);
  expect(line?.startsWith(`,'=cmd(),"a,""b""",`)).toBe(true);
  expect(rest).toEqual([""]);
  // Figures of texts came later, and moved no column.
  expect(names?.split(",").slice(15)).toEqual([
    "costPerApprovedMicroUsd",
    "textsAnswered",
    "textsFailed",
    "textsRefused",
    "textCostMicroUsd",
  ]);
  expect(line?.endsWith(",,2,1,0,345")).toBe(true);
});

test("a workspace's owner is found from its name", () => {
  assert(property(uuid(), (userId) => ownerOf(personalWorkspace(userId)) === userId));
});
