import { type Day, midnight } from "./days.ts";

/** From `startsAt` to before `endsAt`, epoch milliseconds. Of no length where the zone's clocks never show such a time on that day. */
export type Span = { startsAt: number; endsAt: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** No zone is further from UTC, in either direction. */
const furthestMs = 15 * hourMs;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Some 600 zones have names, but each name may be written in many ways. */
const mostFormats = 1_000;

/** By how much a zone's clocks are ahead of UTC's, milliseconds. It is all that is needed of a zone; luxon, which asks the same, is a fifth of a worker. */
export function aheadOf(zone: string, at: number): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  if (formats.size >= mostFormats) formats.clear();
  formats.set(zone, format);
  // Such as “11/21/2026, GMT+05:30”; “GMT” alone is no offset.
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(at)) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
}

/** Minutes after midnight. */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/**
 * When the clocks of a zone show a time from `from` to before `to`, `HH:MM`; where `to` is not later than `from`, on the day after. Where the clocks are
 * changed meanwhile, that may be shorter or longer than on other days, in two pieces, or never: then it is the longest piece, the first of equals, or
 * nothing at the moment of the change.
 */
export function spanOf(zone: string, day: Day, from: string, to: string): Span {
  const [first, last] = [minutesOf(from), minutesOf(to)];
  const shownFirst = midnight(day) + first * minuteMs;
  const shownLast = midnight(day) + (last > first ? last : last + 24 * 60) * minuteMs;
  const [begin, end] = [shownFirst - furthestMs, shownLast + furthestMs];
  const [before, after] = [aheadOf(zone, begin), aheadOf(zone, end)];
  if (before === after) return { startsAt: shownFirst - before, endsAt: shownLast - before };
  const change = changeIn(zone, begin, end);
  const pieces = [
    { startsAt: shownFirst - before, endsAt: Math.min(shownLast - before, change) },
    { startsAt: Math.max(shownFirst - after, change), endsAt: shownLast - after },
  ].filter(({ startsAt, endsAt }) => startsAt < endsAt);
  const [one, other] = pieces;
  if (!one) return { startsAt: change, endsAt: change };
  if (!other) return one;
  if (one.endsAt === other.startsAt) return { startsAt: one.startsAt, endsAt: other.endsAt };
  return other.endsAt - other.startsAt > one.endsAt - one.startsAt ? other : one;
}

/** The moment between two at which the clocks are changed. */
function changeIn(zone: string, from: number, to: number): number {
  const before = aheadOf(zone, from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (aheadOf(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
