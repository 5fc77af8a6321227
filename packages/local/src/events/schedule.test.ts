import { expect, test } from "vitest";
import { dueInstants, nextAfter, ScheduleError } from "./schedule.ts";

const at = (text: string) => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
const next = (expression: string, after: string) => {
  const instant = nextAfter(expression, at(after));
  return Number.isFinite(instant) ? new Date(instant).toISOString().slice(0, 16) : "never";
};

test.each([
  ["cron(0 8 ? * MON-FRI *)", "2026-11-20T08:00:00", "2026-11-23T08:00"],
  ["cron(0 8 ? * 2-6 *)", "2026-11-20T07:59:59", "2026-11-20T08:00"],
  ["cron(0/15 * * * ? *)", "2026-11-20T10:15:00", "2026-11-20T10:30"],
  ["cron(*/20 * * * ? *)", "2026-11-20T10:59:59", "2026-11-20T11:00"],
  ["cron(5,35 14 * * ? *)", "2026-11-20T14:05:00", "2026-11-20T14:35"],
  ["cron(0-4/2 0 * * ? *)", "2026-11-20T00:02:30", "2026-11-20T00:04"],
  ["cron(59 23 31 12 ? *)", "2026-12-31T23:58:59", "2026-12-31T23:59"],
  ["cron(0 0 1 1 ? *)", "2026-12-31T23:59:59", "2027-01-01T00:00"],
])("%s after %s fires at %s", (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test("the end of the month is the 28th, 29th, 30th or 31st", () => {
  expect(next("cron(0 0 L * ? *)", "2026-02-01")).toBe("2026-02-28T00:00");
  expect(next("cron(0 0 L * ? *)", "2028-02-01")).toBe("2028-02-29T00:00");
  expect(next("cron(0 0 L * ? *)", "2026-04-01")).toBe("2026-04-30T00:00");
  expect(next("cron(0 0 31 * ? *)", "2026-04-01")).toBe("2026-05-31T00:00");
});

test("the 29th of February waits for a leap year, and 2100 is none", () => {
  expect(next("cron(0 12 29 2 ? *)", "2026-01-01")).toBe("2028-02-29T12:00");
  expect(next("cron(0 12 29 FEB ? *)", "2096-03-01")).toBe("2104-02-29T12:00");
});

test("W is the nearest weekday and does not leave its month", () => {
  expect(next("cron(0 9 15W * ? *)", "2026-11-01")).toBe("2026-11-16T09:00"); // the 15th is a Sunday
  expect(next("cron(0 9 15W * ? *)", "2026-08-01")).toBe("2026-08-14T09:00"); // a Saturday
  expect(next("cron(0 9 1W * ? *)", "2026-08-01")).toBe("2026-08-03T09:00"); // a Saturday, the first
  expect(next("cron(0 9 31W * ? *)", "2026-05-01")).toBe("2026-05-29T09:00"); // a Sunday, the last
  expect(next("cron(0 9 LW * ? *)", "2026-10-01")).toBe("2026-10-30T09:00");
});

test("# is the nth weekday of a month and nL its last", () => {
  expect(next("cron(0 9 ? * 3#2 *)", "2026-11-01")).toBe("2026-11-10T09:00");
  expect(next("cron(0 9 ? * MON#5 *)", "2026-11-01")).toBe("2026-11-30T09:00");
  expect(next("cron(0 9 ? * MON#5 *)", "2026-12-01")).toBe("2027-03-29T09:00");
  expect(next("cron(0 9 ? * 6L *)", "2026-11-01")).toBe("2026-11-27T09:00");
  expect(next("cron(0 9 ? * L *)", "2026-11-20")).toBe("2026-11-21T09:00");
});

test("a cron expression with no year left never fires", () => {
  expect(next("cron(0 0 1 1 ? 2026)", "2026-11-20")).toBe("never");
  expect(next("cron(0 0 1 1 ? 2027-2028)", "2026-11-20")).toBe("2027-01-01T00:00");
  expect(next("cron(0 0 31 2 ? *)", "2026-11-20")).toBe("never");
});

test("a rate counts from when its rule was defined, and a rate of one minute falls on whole minutes", () => {
  const anchor = at("2026-11-20T10:00:30");
  expect(nextAfter("rate(5 minutes)", anchor, anchor)).toBe(anchor + 300_000);
  expect(nextAfter("rate(5 minutes)", anchor + 300_000, anchor)).toBe(anchor + 600_000);
  expect(nextAfter("rate(1 day)", anchor + 1, anchor)).toBe(anchor + 86_400_000);
  expect(nextAfter("rate(2 hours)", anchor - 5, anchor)).toBe(anchor + 7_200_000);
  expect(nextAfter("rate(1 minute)", anchor, anchor)).toBe(at("2026-11-20T10:01:00"));
});

test.each([
  "rate(0 minutes)",
  "rate(1 minutes)",
  "rate(5 minute)",
  "rate(5 seconds)",
  "rate(1.5 hours)",
  "every minute",
  "at(2026-12-01T09:30:00)",
  "cron(0 8 * * MON *)",
  "cron(0 8 ? * ? *)",
  "cron(0 8 * * ?)",
  "cron(60 8 * * ? *)",
  "cron(0 24 * * ? *)",
  "cron(0 8 32 * ? *)",
  "cron(0 8 * 13 ? *)",
  "cron(0 8 ? * 8 *)",
  "cron(0 8 ? * MON#6 *)",
  "cron(0 8 ? * FRI-MON *)",
  "cron(0/0 8 * * ? *)",
  "cron(a 8 * * ? *)",
])("%s is refused", (expression) => {
  expect(() => nextAfter(expression, 0)).toThrow(ScheduleError);
});

test("up to five missed instants fall due each, of more only the latest", () => {
  const since = at("2026-11-20T10:00:00");
  const minutes = (count: number) => dueInstants("rate(1 minute)", since, since + count * 60_000 + 30_000);
  expect(minutes(0)).toEqual([]);
  expect(minutes(5)).toEqual([1, 2, 3, 4, 5].map((minute) => since + minute * 60_000));
  expect(minutes(6)).toEqual([since + 6 * 60_000]);
  expect(dueInstants("rate(1 minute)", since, since + 60_000)).toEqual([since + 60_000]);
  expect(dueInstants("cron(0 8 ? * MON-FRI *)", since, at("2027-11-21T12:00:00"))).toEqual([at("2027-11-19T08:00:00")]);
  expect(dueInstants("cron(* * ? JAN * *)", since, at("2027-03-15T00:00:00"))).toEqual([at("2027-01-31T23:59:00")]);
});
