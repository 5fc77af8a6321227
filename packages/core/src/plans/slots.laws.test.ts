import { array, assert, constantFrom, integer, oneof, pre, property, record, tuple } from "fast-check";
import { DateTime, IANAZone } from "luxon";
import { describe, expect, test } from "vitest";
import { dayAt, daysLater, isMeant, midnight, weekdays } from "./days.ts";
import { type Cursor, type Rule, type Schedule, type Slot, slotsAfter, slotsOn } from "./slots.ts";
import { aheadOf, spanOf } from "./window.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Changes by an hour and by half of one, at midnight, back into the day before, on both halves of the earth; and none at all. */
const zones = [
  "Europe/Paris",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "America/Havana",
  "Asia/Beirut",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "UTC",
] as const;

/** Days on which a zone's clocks are changed, and their neighbours. */
const changes = zones.flatMap((zone) =>
  Array.from({ length: 3 * 366 }, (_, index) => daysLater("2026-01-01", index))
    .filter((day) => aheadOf(zone, midnight(day) - 12 * hourMs) !== aheadOf(zone, midnight(day) + 36 * hourMs))
    .map((day) => ({ zone, day })),
);
const anyDay = record({ zone: constantFrom(...zones), day: integer({ min: 0, max: 3_650 }).map((days) => daysLater("2026-01-01", days)) });
const place = oneof({ weight: 3, arbitrary: constantFrom(...changes) }, { weight: 1, arbitrary: anyDay });

const step = 5;
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
/** Changes of the clocks lie at night, so most windows do here. */
const times = tuple(
  oneof(integer({ min: 0, max: 4 * 12 }), integer({ min: 0, max: 287 })),
  oneof(integer({ min: 1, max: 3 * 12 }), integer({ min: 1, max: 287 })),
).map(([first, length]) => ({ first: first * step, length: length * step, from: clock(first * step), to: clock((first + length) * step) }));

const shownAt = (zone: string, at: number): { day: string; minutes: number } => {
  const local = DateTime.fromMillis(at, { zone });
  return { day: local.toISODate() ?? "", minutes: local.hour * 60 + local.minute };
};

describe("a zone", () => {
  test("is as far ahead of UTC as luxon says, at any moment", () => {
    assert(
      property(
        constantFrom(...zones, "America/St_Johns", "Asia/Kolkata"),
        integer({ min: midnight("2024-01-01"), max: midnight("2037-01-01") }),
        (zone, at) => {
          expect(aheadOf(zone, at)).toBe(IANAZone.create(zone).offset(at) * minuteMs);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is met here with its clocks put forward and back, by an hour and by half of one", () => {
    const steps = changes.map(
      ({ zone, day }) => (aheadOf(zone, midnight(day) + 36 * hourMs) - aheadOf(zone, midnight(day) - 12 * hourMs)) / minuteMs,
    );
    expect([...new Set(steps)].sort((a, b) => a - b)).toEqual([-60, -30, 30, 60]);
  });
});

describe("a window", () => {
  test("is the longest piece of time in which the zone's clocks show it, the first of equals, or nothing", () => {
    assert(
      property(place, times, ({ zone, day }, { first, length, from, to }) => {
        const isIn = (at: number): boolean => {
          const shown = shownAt(zone, at);
          const minutes = shown.minutes + (midnight(shown.day) - midnight(day)) / minuteMs;
          return minutes >= first && minutes < first + length;
        };
        const pieces: { startsAt: number; endsAt: number }[] = [];
        const earliest = midnight(day) + first * minuteMs - 15 * hourMs;
        for (let at = earliest; at < earliest + 30 * hourMs + length * minuteMs; at += step * minuteMs) {
          const last = pieces.at(-1);
          if (!isIn(at)) continue;
          if (last?.endsAt === at) last.endsAt += step * minuteMs;
          else pieces.push({ startsAt: at, endsAt: at + step * minuteMs });
        }
        const [longest] = pieces.sort((a, b) => b.endsAt - b.startsAt - (a.endsAt - a.startsAt) || a.startsAt - b.startsAt);
        const { startsAt, endsAt } = spanOf(zone, day, from, to);
        if (longest) expect({ startsAt, endsAt }).toEqual(longest);
        else expect(endsAt).toBe(startsAt);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["that the clocks skip has no length", "2027-03-28", "02:10", "02:50", "2027-03-28T01:00:00Z", 0],
    ["over a change forward is an hour shorter", "2027-03-28", "01:00", "04:00", "2027-03-28T00:00:00Z", 2],
    ["over a change back is an hour longer", "2027-10-31", "01:00", "04:00", "2027-10-30T23:00:00Z", 4],
    ["that comes twice is the first", "2027-10-31", "02:00", "03:00", "2027-10-31T00:00:00Z", 2],
    ["over midnight ends on the next day", "2027-03-27", "22:00", "04:00", "2027-03-27T21:00:00Z", 5],
    ["of a whole day is that", "2027-06-01", "00:00", "00:00", "2027-05-31T22:00:00Z", 24],
  ])("%s", (_what, day, from, to, startsAt, hours) => {
    const span = spanOf("Europe/Paris", day, from, to);
    expect(span).toEqual({ startsAt: Date.parse(startsAt), endsAt: Date.parse(startsAt) + hours * hourMs });
  });
});

describe("a day", () => {
  test.each([
    [{ days: ["FR"] }, ["2026-11-27", "2026-12-04"], ["2026-11-26"]],
    [{ days: ["1MO"] }, ["2026-12-07", "2027-02-01"], ["2026-12-14"]],
    [{ days: ["-1FR"] }, ["2026-11-27", "2026-12-25", "2027-02-26"], ["2026-12-18"]],
    [{ days: ["5MO"] }, ["2026-11-30"], ["2026-12-28", "2026-11-23"]],
    [{ monthDays: [-1] }, ["2027-02-28", "2028-02-29", "2026-12-31"], ["2028-02-28"]],
    [{ monthDays: [13], days: ["FR"] }, ["2026-11-13"], ["2026-12-13", "2026-11-20"]],
    [{ months: [12], monthDays: [24] }, ["2026-12-24"], ["2026-11-24"]],
    [{ days: ["SU"], everyWeeks: 2 }, ["2026-11-22", "2026-12-06"], ["2026-11-29"]],
    [{ everyWeeks: 3 }, ["2026-11-17", "2026-12-07"], ["2026-11-23"]],
    [{}, ["2026-11-21"], []],
  ])("fits %j as RFC 5545 has it", (rule, meant, not) => {
    for (const day of meant) expect([day, isMeant(rule, day, "2026-11-16")]).toEqual([day, true]);
    for (const day of not) expect([day, isMeant(rule, day, "2026-11-16")]).toEqual([day, false]);
  });

  test("is meant by one of its weekday's numbers from the beginning and one from the end of its month", () => {
    assert(
      property(
        integer({ min: 0, max: 5_000 }).map((days) => daysLater("2026-01-01", days)),
        (day) => {
          const name = weekdays[new Date(midnight(day)).getUTCDay()] ?? "";
          for (const sign of ["", "-"])
            expect([1, 2, 3, 4, 5].filter((nth) => isMeant({ days: [`${sign}${nth}${name}`] }, day, day))).toHaveLength(1);
          const first = isMeant({ days: [`1${name}`] }, day, day);
          expect(first).toBe(new Date(midnight(day)).getUTCDate() <= 7);
          expect(isMeant({ days: [`-1${name}`] }, day, day)).toBe(dayAt(midnight(day) + 7 * dayMs).slice(0, 7) !== day.slice(0, 7));
        },
      ),
      { numRuns: 300 },
    );
  });
});

const rules = array(
  record({
    times,
    days: oneof(
      constantFrom(undefined),
      array(constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU", "1MO", "-1SU"), { minLength: 1, maxLength: 7 }),
    ),
    low: integer({ min: 1, max: 6 }),
    more: integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 4 },
).map((all) => all.map(({ times: { from, to }, days, low, more }): Rule => ({ from, to, days, count: { min: low, max: low + more } })));

const schedules = record({ place, rules, seed: integer({ min: 0, max: 2 ** 32 - 1 }), skip: integer({ min: -3, max: 6 }) }).map(
  ({ place: { zone, day }, rules: all, seed, skip }): Schedule => ({
    timeZone: zone,
    rules: all.filter(({ from, to }) => from !== to),
    skipDates: [daysLater(day, skip)],
    startsOn: daysLater(day, -4),
    endsOn: daysLater(day, 4),
    seed,
  }),
);

const allOf = (schedule: Schedule, cursor: Cursor = { at: midnight(schedule.startsOn) - 2 * dayMs, key: "" }): Slot[] => [
  ...slotsAfter(schedule, cursor, cursor.at + 20 * dayMs),
];

describe("slots", () => {
  test("lie in their window, in order, one in each of its equal parts and half a part or more from the next, as many as the rule says", () => {
    assert(
      property(schedules, (schedule) => {
        const byWindow = Map.groupBy(allOf(schedule), ({ window }) => window);
        for (const [{ startsAt, endsAt, count }, slots] of byWindow) {
          expect(slots).toHaveLength(count);
          const part = (endsAt - startsAt) / count;
          for (const [index, { at }] of slots.entries()) {
            expect(Number.isInteger(at)).toBe(true);
            if (endsAt > startsAt) expect(at >= startsAt + Math.floor(index * part) && at < startsAt + (index + 1) * part).toBe(true);
            else expect(at).toBe(startsAt);
            const before = slots[index - 1];
            if (before) expect(at - before.at).toBeGreaterThanOrEqual(Math.floor(part / 2) - 1);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("show a time of their window on every clock of the zone, whatever is done to the clocks", () => {
    assert(
      property(schedules, (schedule) => {
        for (const { at, window } of allOf(schedule)) {
          if (window.startsAt === window.endsAt) continue;
          const shown = shownAt(schedule.timeZone, at);
          const time = clock(shown.minutes);
          const overMidnight = window.to <= window.from;
          expect([window.day, daysLater(window.day, overMidnight ? 1 : 0)]).toContain(shown.day);
          if (shown.day === window.day) expect(time >= window.from && (overMidnight || time < window.to)).toBe(true);
          else expect(time < window.to).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("come in one order without gap or repetition, wherever somebody stopped and another goes on", () => {
    assert(
      property(schedules, integer({ min: 0, max: 10_000 }), (schedule, chosen) => {
        const all = allOf(schedule);
        const days = Array.from({ length: 9 }, (_, index) => daysLater(schedule.startsOn, index));
        const expected = days.flatMap((day) => slotsOn(schedule, day).map(({ key }) => key));
        expect(all.map(({ key }) => key).sort()).toEqual(expected.sort());
        for (const [index, slot] of all.entries()) expect(slot.at).toBeGreaterThanOrEqual(all[index - 1]?.at ?? 0);
        pre(all.length > 0);
        const cut = chosen % all.length;
        const { at, key } = all[cut] ?? { at: 0, key: "" };
        expect(allOf(schedule, { at, key })).toEqual(all.slice(cut + 1));
      }),
      { numRuns: 100 },
    );
  });

  test("are on no day that is skipped, and on none before the first or behind the last", () => {
    assert(
      property(schedules, (schedule) => {
        for (const { window } of allOf(schedule)) {
          expect(schedule.skipDates).not.toContain(window.day);
          expect(window.day >= schedule.startsOn && window.day <= (schedule.endsOn ?? "")).toBe(true);
          expect(schedule.rules.some((rule) => rule.from === window.from && isMeant(rule, window.day, schedule.startsOn))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("follow from the seed: the same again for the same, and every count between the bounds for others", () => {
    const rule: Rule = { from: "06:00", to: "08:00", count: { min: 2, max: 4 } };
    const of = (seed: number): Schedule => ({
      timeZone: "Europe/Paris",
      rules: [rule],
      skipDates: [],
      startsOn: "2026-11-01",
      endsOn: "2026-12-31",
      seed,
    });
    const all = allOf(of(1), { at: midnight("2026-11-01"), key: "" });
    expect(allOf(of(1), { at: midnight("2026-11-01"), key: "" })).toEqual(all);
    expect(allOf(of(2), { at: midnight("2026-11-01"), key: "" })).not.toEqual(all);
    expect(new Set(all.map(({ window }) => window.count))).toEqual(new Set([2, 3, 4]));
  });
});
