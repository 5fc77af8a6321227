import { qualities } from "@atelier/core/generation";
import { instant } from "@atelier/core/kernel";
import { type Coming, type Plan as PlanRow, planLimits, planStates, type Run as RunRow, runStates } from "@atelier/core/plans";
import * as z from "zod";
import { Amount, Instant, idOf, Trouble, text, Version } from "../schemas.ts";

const day = text(10).describe("A date of the plan's zone.");
const time = text(5).describe("Local time, `HH:MM`.");
const number = z.int().min(-1_000_000_000).max(1_000_000_000);

const Rule = z
  .object({
    days: z.array(text(4)).max(14).optional(),
    monthDays: z.array(z.int().min(-31).max(31)).max(31).optional(),
    months: z.array(z.int().min(1).max(12)).max(12).optional(),
    everyWeeks: z.int().min(1).max(52).optional(),
    from: time,
    to: time,
    count: z.union([Amount, z.object({ min: Amount, max: Amount })]),
  })
  .meta({ id: "PlanRule", description: "On which days, when on them, and for how many pictures a plan asks." });

const Ask = z
  .object({
    prompt: text(10_000).optional(),
    negativePrompt: text(10_000).optional(),
    templateId: text(64).optional(),
    templateVersion: Version.optional(),
    variableSets: z
      .array(z.record(text(40), z.union([text(1_000), number])))
      .max(20)
      .optional(),
    style: text(60).optional(),
    width: Amount.optional(),
    height: Amount.optional(),
    quality: z.enum(qualities).optional(),
    provider: text(60).optional(),
    providers: z.array(text(60)).max(5).optional(),
    model: text(120).optional(),
    tags: z.array(text(40)).max(30),
  })
  .meta({ id: "PlanAsk", description: "What each of a plan's generations asks for." });

export const Plan = z
  .object({
    id: idOf("pln"),
    name: text(120),
    state: z.enum(planStates).describe("`met`: its quota has what it wanted; `ended`: there is nothing left to ask for."),
    timeZone: text(64),
    ask: Ask,
    rules: z.array(Rule).max(planLimits.rules).describe("None if it is a quota."),
    skipDates: z.array(day).max(planLimits.skipDates),
    startsOn: day,
    endsOn: day.optional(),
    quota: z
      .object({
        approvals: Amount,
        by: text(16),
        dueBy: Instant,
        atOnce: Amount,
        maxImages: Amount,
        asked: Amount.describe("Pictures that were asked for so far."),
        approved: Amount,
        open: Amount.describe("On the way, or waiting for review."),
      })
      .optional(),
    capPerDayMicroUsd: Amount.optional(),
    seed: Amount,
    nextAt: Instant.optional().describe("When it has something to do again."),
    problem: Trouble.optional().describe("Why the last pictures were not asked for, until some are."),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: "Plan" });

export function planBody(plan: PlanRow) {
  const { id, name, state, timeZone, ask, rules, skipDates, startsOn, endsOn, quota, asked, standing, capPerDayMicroUsd, seed } = plan;
  const { nextAt, trouble, createdAt, updatedAt, version } = plan;
  return {
    ...{ id, name, state, timeZone, ask, rules, skipDates, startsOn, endsOn, capPerDayMicroUsd, seed },
    quota: quota && {
      ...quota,
      dueBy: instant(quota.dueBy),
      asked: asked.reduce((sum, { imageIds }) => sum + imageIds.length, 0),
      approved: standing?.approved ?? 0,
      open: standing?.open ?? 0,
    },
    nextAt: nextAt === undefined ? undefined : instant(nextAt),
    problem: trouble,
    ...{ createdAt, updatedAt, version },
  };
}

export const planView = (plan: PlanRow) => ({ body: planBody(plan), version: plan.version });

export const PlanWindow = z
  .object({
    day,
    from: time,
    to: time,
    startsAt: Instant,
    endsAt: Instant,
    images: Amount,
    at: z.array(Instant).max(planLimits.perWindow).describe("When each of its pictures is asked for."),
  })
  .meta({
    id: "PlanWindow",
    description: "A window to come. One that the zone's clocks skip on that day has no length, and nothing is asked for in it.",
  });

export const comingBody = ({ day: on, from, to, startsAt, endsAt, at }: Coming) => ({
  ...{ day: on, from, to },
  startsAt: instant(startsAt),
  endsAt: instant(endsAt),
  images: at.length,
  at: at.map(instant),
});

/** Windows that one answer shows: every rule on every day. */
export const mostWindows = planLimits.rules * (planLimits.calendarDays + 1);

export const Run = z
  .object({
    id: idOf("run"),
    state: z
      .enum(runStates)
      .describe(
        "`asked`: its generation is on the way; then what became of that. `skipped`: it was refused. `missed`: nothing ran while its window was open.",
      ),
    plannedAt: Instant,
    window: z.object({ day, from: time, to: time, startsAt: Instant, endsAt: Instant }).optional().describe("Of a rule; a quota has none."),
    images: Amount.describe("How many pictures: asked for, or missed."),
    generationId: idOf("gen").optional(),
    imageIds: z.array(idOf("img")).max(100).optional(),
    costMicroUsd: Amount.optional().describe("At the catalogue's price when it was asked for."),
    problem: Trouble.optional(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "PlanRun", description: "One time that a plan has asked, or should have." });

export function runBody(run: RunRow) {
  const { workspaceId: _workspace, planId: _plan, version: _version, id, ...shown } = run;
  return { id, ...shown };
}

export const exampleRequest = {
  name: "Portraits every morning",
  timeZone: "Europe/Paris",
  ask: { prompt: "a friendly portrait of a person at work", width: 832, height: 1024 },
  rules: [{ days: ["MO", "TU", "WE", "TH", "FR"], from: "06:00", to: "08:00", count: { min: 2, max: 3 } }],
  skipDates: ["2026-12-25"],
};

export const examplePlan = {
  ...exampleRequest,
  id: "pln_01JD5S2B1Z9QF3V2N8XK4T7B4A",
  state: "active" as const,
  ask: { ...exampleRequest.ask, tags: [] },
  startsOn: "2026-11-20",
  seed: 7,
  nextAt: "2026-11-23T05:21:07.412Z",
  createdAt: "2026-11-20T10:00:00.000Z",
  updatedAt: "2026-11-20T10:00:00.000Z",
  version: 1,
};

export const exampleWindow = {
  ...{ day: "2026-11-23", from: "06:00", to: "08:00", startsAt: "2026-11-23T05:00:00.000Z", endsAt: "2026-11-23T07:00:00.000Z" },
  images: 2,
  at: ["2026-11-23T05:21:07.412Z", "2026-11-23T06:33:50.001Z"],
};

export const exampleRun = {
  id: "run_01JD5S2B1Z9QF3V2N8XK4T7B5A",
  state: "succeeded" as const,
  plannedAt: "2026-11-23T05:21:07.412Z",
  window: { day: "2026-11-23", from: "06:00", to: "08:00", startsAt: "2026-11-23T05:00:00.000Z", endsAt: "2026-11-23T07:00:00.000Z" },
  images: 1,
  generationId: "gen_01JD5S3W6Z9QF3V2N8XK4T7B1C",
  imageIds: ["img_01JD5S3W6Z9QF3V2N8XK4T7B1D"],
  costMicroUsd: 0,
  createdAt: "2026-11-23T05:21:07.500Z",
  updatedAt: "2026-11-23T05:21:09.000Z",
};
