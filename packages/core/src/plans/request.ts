import * as z from "zod";
import { maxImages } from "../generation/index.ts";
import { isTimeZone } from "../identity/index.ts";
import { StandingPrompt } from "../prompts/index.ts";
import { weekdayPattern } from "./days.ts";
import { isSoundDay, latestYear, limits } from "./limits.ts";

const time = z
  .string()
  .max(5)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Use a time of day such as 06:00, up to 23:59; 00:00 as an end is midnight.");

const day = z.string().max(10).refine(isSoundDay, `Use a date such as 2026-12-24, up to ${latestYear}.`);

const count = z.int().min(1).max(limits.perWindow);

const Rule = z
  .strictObject({
    days: z
      .array(
        z
          .string()
          .max(4)
          .regex(weekdayPattern, "Use MO, TU, WE, TH, FR, SA, SU; 1MO for the first Monday of a month, -1FR for its last Friday."),
      )
      .min(1)
      .max(14)
      .optional()
      .describe(
        "Weekdays, as RFC 5545 writes them (BYDAY): `MO`, or `1MO` and `-1FR` for the first Monday and the last Friday of a month. Every day, if left out.",
      ),
    monthDays: z
      .array(z.union([z.int().min(1).max(31), z.int().min(-31).max(-1)]))
      .min(1)
      .max(31)
      .optional()
      .describe("Days of the month (BYMONTHDAY), from its end where negative: `-1` is the last. Together with `days`, both have to fit."),
    months: z.array(z.int().min(1).max(12)).min(1).max(12).optional().describe("Months (BYMONTH), 1 to 12."),
    everyWeeks: z
      .int()
      .min(1)
      .max(52)
      .optional()
      .describe("Every so many weeks (INTERVAL), counted from the Monday of the week of `startsOn`."),
    from: time.describe("When the window begins, local time."),
    to: time.describe("When it is over: on the next day if it is not later than `from`."),
    count: z
      .union([count, z.strictObject({ min: count, max: count }).refine(({ min, max }) => min <= max, "`min` is at most `max`.")])
      .describe("How many pictures, each day; between `min` and `max` it is drawn anew for each day."),
  })
  .refine(({ from, to }) => from !== to || from === "00:00", {
    path: ["to"],
    error: "Another time than `from`. A whole day is 00:00 to 00:00.",
  });

const Quota = z.strictObject({
  approvals: z.int().min(1).max(limits.approvals).describe("So many approved pictures are wanted."),
  by: z
    .string()
    .max(16)
    .refine(
      (by) => /^\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d)?$/.test(by) && isSoundDay(by.slice(0, 10)),
      "Use a date such as 2026-12-24, or a local time such as 2026-12-24T18:00.",
    )
    .describe("Until then, in the plan's zone: a date, with all of that day, or a local time."),
  atOnce: z
    .int()
    .min(1)
    .max(maxImages)
    .default(4)
    .describe("At most so many wait for review at the same time; never more than are still wanted."),
  maxImages: z
    .int()
    .min(1)
    .max(limits.quotaImages)
    .optional()
    .describe("At most so many are asked for in all. By default five for each that is wanted, up to 100."),
});

const parts = {
  name: z.string().trim().min(1).max(120),
  timeZone: z.string().max(64).refine(isTimeZone, "Use an IANA time zone such as “Europe/Paris” or “UTC”."),
  ask: StandingPrompt,
  rules: z.array(Rule).min(1).max(limits.rules),
  skipDates: z.array(day).max(limits.skipDates).describe("Days on which it does not ask, such as holidays."),
  startsOn: day.describe("The first day."),
  endsOn: day.describe("The last day."),
  quota: Quota,
  capPerDayMicroUsd: z
    .int()
    .min(0)
    .max(1_000_000_000_000)
    .describe("At most so much on a day of the plan's zone, at the catalogue's price. The workspace's budgets hold in any case."),
};

export const PlanRequest = z
  .strictObject({
    name: parts.name,
    timeZone: parts.timeZone.optional().describe("The zone of your account, if left out."),
    ask: parts.ask.describe("What each generation asks for, as `POST /v1/generations` takes it."),
    rules: parts.rules.optional().describe("When it asks, and for how many. Either this or `quota`."),
    quota: parts.quota.optional().describe("How many approved pictures are wanted, and by when. Either this or `rules`."),
    skipDates: parts.skipDates.optional(),
    startsOn: parts.startsOn.optional().describe("The first day: today, if left out."),
    endsOn: parts.endsOn.optional(),
    capPerDayMicroUsd: parts.capPerDayMicroUsd.optional(),
    seed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .optional()
      .describe("What is left to chance follows from it: how many, and when within a window."),
  })
  .superRefine(({ rules, quota, skipDates, startsOn, endsOn }, ctx) => {
    const fault = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
    if ((rules === undefined) === (quota === undefined)) fault("rules", "Give `rules`, or a `quota`, and not both.");
    for (const [path, value] of Object.entries({ skipDates, startsOn, endsOn }))
      if (quota && value !== undefined) fault(path, "It goes with `rules`; a quota begins at once and ends at its `by`.");
    if (startsOn !== undefined && endsOn !== undefined && endsOn < startsOn) fault("endsOn", "Not before `startsOn`.");
  });
export type PlanRequest = z.infer<typeof PlanRequest>;

export const PlanChange = z.strictObject({
  name: parts.name.optional(),
  state: z
    .enum(["active", "paused"])
    .optional()
    .describe("A paused plan asks for nothing; what it would have asked for meanwhile is not made up for."),
  timeZone: parts.timeZone.optional(),
  ask: parts.ask.optional().describe("In the place of what was asked for."),
  rules: parts.rules.optional().describe("In the place of all rules. They hold from now on."),
  skipDates: parts.skipDates.optional(),
  endsOn: parts.endsOn.nullable().optional(),
  quota: parts.quota.optional(),
  capPerDayMicroUsd: parts.capPerDayMicroUsd.nullable().optional(),
});
export type PlanChange = z.infer<typeof PlanChange>;
