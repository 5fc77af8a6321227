import type { PlanRun } from "@atelier/client";
import { beforeAll, describe, expect, test } from "vitest";
import { ownAtelier } from "../harness/own.ts";
import { type Person, signUp } from "../harness/person.ts";
import { quiet } from "../harness/quiet.ts";
import { until } from "../harness/until.ts";
import { finished } from "../harness/work.ts";

const { url, now, advance } = await ownAtelier();
let ada: Person;
beforeAll(async () => {
  ada = await signUp(url);
  await ada.client.changeMe({ body: { timeZone: "Europe/Paris" } });
});

const ask = { prompt: "a quiet harbour at dawn", width: 64, height: 64, quality: "draft" as const };
const dayMs = 86_400_000;

/** Turns the clock to a moment, where it is not past it, and waits until everything that follows has been done. */
async function turnTo(at: string | number): Promise<void> {
  await advance(Math.max(0, (typeof at === "number" ? at : Date.parse(at)) - (await now())));
  // The rule fires by the clock; if the turn fell between its minutes, the next one is not far.
  await advance(60_000);
  await quiet(url);
}

/** The history of a plan, oldest first, once nothing in it is on the way any more. */
const history = (id: string): Promise<PlanRun[]> =>
  until("the history", async () => {
    const { items } = await ada.client.listPlanRuns({ params: { id }, query: { limit: 100 } });
    return items.every(({ state }) => state !== "asked") && items.toReversed();
  });

/** The next day that is a Monday in UTC and a week or more ahead, so that every test has days of its own. */
async function nextMonday(): Promise<number> {
  const midnight = Math.floor((await now()) / dayMs) * dayMs + dayMs;
  return midnight + ((8 - new Date(midnight).getUTCDay()) % 7) * dayMs;
}

describe("a plan", () => {
  test("of a week with a quiet Sunday asks each day for as many as it says, in the account's zone, and not on holidays", async () => {
    const monday = await nextMonday();
    const day = (index: number): string => new Date(monday + index * dayMs).toISOString().slice(0, 10);
    const plan = await ada.client.createPlan({
      body: {
        name: "A week",
        ask,
        rules: [
          { days: ["MO", "TU"], from: "06:00", to: "08:00", count: 2 },
          { days: ["WE", "TH", "FR", "SA"], from: "06:00", to: "08:00", count: 1 },
          { days: ["SU"], from: "10:00", to: "12:00", count: 1 },
        ],
        startsOn: day(0),
        endsOn: day(6),
        skipDates: [day(3)],
        seed: 7,
      },
    });
    expect(plan).toMatchObject({ state: "active", timeZone: "Europe/Paris", version: 1 });
    const { items } = await ada.client.getPlanCalendar({ params: { id: plan.id }, query: { days: 31 } });
    expect(items.map((window) => [window.day, window.images])).toEqual([
      [day(0), 2],
      [day(1), 2],
      [day(2), 1],
      [day(4), 1],
      [day(5), 1],
      [day(6), 1],
    ]);
    for (const { endsAt } of items) await turnTo(Date.parse(endsAt) - 90_000);
    const runs = await history(plan.id);
    expect(runs.map(({ state }) => state)).toEqual(items.flatMap(({ at }) => at.map(() => "succeeded")));
    expect(runs.map(({ plannedAt }) => plannedAt)).toEqual(items.flatMap(({ at }) => at));
    for (const { window, createdAt, plannedAt } of runs) expect(createdAt >= plannedAt && createdAt < (window?.endsAt ?? "")).toBe(true);
    const [{ generationId = "", id: runId } = { id: "" }] = runs;
    expect(await ada.client.getGeneration({ params: { id: generationId } })).toMatchObject({
      plan: { id: plan.id, runId },
      prompt: ask.prompt,
    });
    expect(await ada.client.getPlan({ params: { id: plan.id } })).toMatchObject({ state: "ended" });
    await expect(ada.client.changePlan({ params: { id: plan.id }, body: { name: "On" } })).rejects.toMatchObject({ status: 409 });
  });

  test("makes up for an outage of five hours within its window; a window that is over then is told as missed", async () => {
    const monday = await nextMonday();
    const plan = await ada.client.createPlan({
      body: {
        name: "Outage",
        timeZone: "UTC",
        ask,
        rules: [
          { from: "06:00", to: "08:00", count: 2 },
          { from: "06:00", to: "12:00", count: 4 },
        ],
        startsOn: new Date(monday).toISOString().slice(0, 10),
        endsOn: new Date(monday).toISOString().slice(0, 10),
        seed: 11,
      },
    });
    const { items } = await ada.client.getPlanCalendar({ params: { id: plan.id }, query: { days: 31 } });
    await turnTo(monday + 5.5 * 3_600_000);
    expect((await ada.client.listPlanRuns({ params: { id: plan.id } })).items).toEqual([]);
    const back = monday + 10.5 * 3_600_000;
    await turnTo(back);
    const caughtUp = await history(plan.id);
    const missed = caughtUp.filter(({ state }) => state === "missed");
    expect(missed.reduce((sum, { images }) => sum + images, 0)).toBe(2);
    for (const run of missed) expect(run).toMatchObject({ window: { to: "08:00" }, problem: { code: "plans/missed" } });
    const drawn = caughtUp.filter(({ state }) => state === "succeeded");
    const before = items[1]?.at.filter((at) => Date.parse(at) <= back) ?? [];
    expect(before.length).toBeGreaterThan(1);
    expect(drawn.map(({ plannedAt }) => plannedAt)).toEqual(expect.arrayContaining(before));
    await turnTo(monday + 12 * 3_600_000 - 90_000);
    const all = await history(plan.id);
    expect(all.filter(({ state }) => state === "succeeded")).toHaveLength(4);
  });

  test("that is changed meanwhile holds to what it says then: paused it rests, deleted it is gone, and its pictures stay", async () => {
    const monday = await nextMonday();
    const body = { name: "Changed", timeZone: "UTC", ask, rules: [{ from: "06:00", to: "07:00", count: 1 }] };
    const plan = await ada.client.createPlan({ body: { ...body, startsOn: new Date(monday).toISOString().slice(0, 10) } });
    const params = { id: plan.id };
    await turnTo(monday + 7 * 3_600_000 - 90_000);
    const [run] = await history(plan.id);
    const read = await ada.client.getPlan({ params });
    await expect(ada.client.changePlan({ params, body: { state: "paused" }, ifMatch: '"1"' })).rejects.toMatchObject({ status: 412 });
    const paused = await ada.client.changePlan({ params, body: { state: "paused" }, ifMatch: `"${read.version}"` });
    expect(paused).not.toHaveProperty("nextAt");
    expect((await ada.client.listPlans({ query: { state: "paused" } })).items.map(({ id }) => id)).toEqual([plan.id]);
    await turnTo(monday + dayMs + 7 * 3_600_000 - 90_000);
    expect(await history(plan.id)).toHaveLength(1);
    await ada.client.removePlan({ params });
    await expect(ada.client.getPlan({ params })).rejects.toMatchObject({ status: 404 });
    expect((await finished(ada.client, run?.generationId ?? "")).state).toBe("succeeded");
  });

  test("is shown with its price before it is made, and each of the shipped examples can be sent as it is", async () => {
    const { items } = await ada.client.listPlanExamples();
    expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining(["daily-portraits", "sunday-reduced", "weekend-special"]));
    for (const { plan, key } of items) {
      const body = { ...(plan as Parameters<typeof ada.client.createPlan>[0]["body"]), seed: 5 };
      const seen = await ada.client.previewPlan({ body });
      expect(seen).toMatchObject({ timeZone: "Europe/Paris", costMicroUsd: 0 });
      const made = await ada.client.createPlan({ body });
      const { items: coming } = await ada.client.getPlanCalendar({ params: { id: made.id } });
      expect(coming.slice(0, 3), key).toEqual(seen.items.slice(0, 3));
      if (key === "sunday-reduced") expect(seen.images).toBe(5 + 3 + 4 + 4 + 4 + 2 + 1);
      await ada.client.removePlan({ params: { id: made.id } });
    }
  });
});

describe("a quota", () => {
  test("asks until enough are approved: what is rejected is followed by another, and then it is met", async () => {
    const plan = await ada.client.createPlan({
      body: { name: "Two by then", ask, quota: { approvals: 2, by: new Date((await now()) + 5 * dayMs).toISOString().slice(0, 10) } },
    });
    const params = { id: plan.id };
    const decided = new Set<string>();
    const reviewNext = async (decision: "approved" | "rejected") => {
      const imageId = await until("a picture to review", async () => {
        const { items } = await ada.client.listPlanRuns({ params });
        for (const id of items.flatMap(({ imageIds = [] }) => imageIds)) {
          if (decided.has(id)) continue;
          const image = await ada.client.getImage({ params: { id } });
          if (image.state === "in_review") return id;
        }
        return undefined;
      });
      decided.add(imageId);
      await ada.client.reviewImage({ params: { id: imageId }, body: { decision } });
    };
    await reviewNext("approved");
    await reviewNext("rejected");
    await reviewNext("approved");
    const met = await until("the end of the quota", async () => {
      const read = await ada.client.getPlan({ params });
      return read.state === "met" && read;
    });
    expect(met.quota).toMatchObject({ approvals: 2, asked: 3, approved: 2, open: 0 });
    expect((await history(plan.id)).every(({ state }) => state === "succeeded")).toBe(true);
  });
});

describe("across both changes of the clocks", () => {
  const rules = [
    { from: "02:10", to: "02:50", count: 1 },
    { from: "01:00", to: "04:00", count: 2 },
  ];
  test.each([
    ["forward", "2027-03-28", "2027-03-28T01:58:30Z", 2, 1],
    ["back", "2027-10-31", "2027-10-31T02:58:30Z", 3, 0],
  ])("%s, a plan asks in its windows alone, and for nothing twice", async (_way, day, justBeforeTheEnd, drawn, missed) => {
    const plan = await ada.client.createPlan({ body: { name: day, ask, rules, startsOn: day, endsOn: day } });
    // A worker that looks once in every window: the first of them is over half an hour before the other.
    await turnTo(day.startsWith("2027-10") ? "2027-10-31T00:48:30Z" : "2027-03-28T00:58:30Z");
    await turnTo(justBeforeTheEnd);
    const runs = await history(plan.id);
    expect(runs.filter(({ state }) => state === "succeeded")).toHaveLength(drawn);
    const gone = runs.filter(({ state }) => state === "missed");
    expect(gone).toHaveLength(missed);
    for (const { problem } of gone)
      expect(problem?.detail).toBe("On 2027-03-28 the clocks of Europe/Paris were put past 02:10 to 02:50: there was no such time.");
  });
});
