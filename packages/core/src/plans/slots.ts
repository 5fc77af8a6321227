import { type Day, type Days, dayAt, daysLater, isMeant, midnight } from "./days.ts";
import { seeded, seededWhole } from "./seeded.ts";
import { aheadOf, type Span, spanOf } from "./window.ts";

/** So many pictures on the days that are meant, spread over a window of local time; `HH:MM`. */
export type Rule = Days & { from: string; to: string; count: number | { min: number; max: number } };

/** All that decides when a plan asks. */
export type Schedule = {
  timeZone: string;
  rules: readonly Rule[];
  skipDates: readonly Day[];
  /** The first day; every second week is counted from its week. */
  startsOn: Day;
  /** The last day. */
  endsOn?: Day | undefined;
  /** What is left open is drawn from it: how many between `min` and `max`, and when within the window. */
  seed: number;
};

/** One day's window of one rule. `count` is what is drawn for that day. */
export type Window = Span & { day: Day; from: string; to: string; count: number };

/** One picture to be asked for. `key` names it within its plan, and tells slots of one moment apart. */
export type Slot = { at: number; key: string; window: Window };

/** How far a plan has come: everything up to this slot is dealt with. */
export type Cursor = { at: number; key: string };

const hourMs = 3_600_000;

/** A day's windows, each with its slots in order: one in each of equal parts of the window, near the middle of it. */
export function slotsOn(schedule: Schedule, day: Day): Slot[] {
  const { timeZone, rules, skipDates, startsOn, endsOn, seed } = schedule;
  if (day < startsOn || (endsOn !== undefined && day > endsOn) || skipDates.includes(day)) return [];
  return rules.flatMap((rule, index) => {
    if (!isMeant(rule, day, startsOn)) return [];
    const { from, to, count } = rule;
    const drawn = typeof count === "number" ? count : seededWhole(count.min, count.max, seed, day, index);
    const window = { ...spanOf(timeZone, day, from, to), day, from, to, count: drawn };
    const part = (window.endsAt - window.startsAt) / drawn;
    return Array.from({ length: drawn }, (_, place) => {
      const key = `${day}/${index}/${place}`;
      return { at: Math.floor(window.startsAt + (place + 0.25 + seeded(seed, key) / 2) * part), key, window };
    });
  });
}

const inOrder = (one: Cursor, other: Cursor): number => one.at - other.at || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0);

/** The slots behind the cursor and before `until`, in the order of their moments. */
export function* slotsAfter(schedule: Schedule, cursor: Cursor, until: number): Generator<Slot> {
  const { timeZone } = schedule;
  // A window can begin on the day before, and clocks that are put back show a day twice.
  let day = daysLater(dayAt(cursor.at, aheadOf(timeZone, cursor.at)), -2);
  if (day < schedule.startsOn) day = schedule.startsOn;
  let waiting: Slot[] = [];
  for (;;) {
    const ahead = Math.max(aheadOf(timeZone, midnight(day) - 24 * hourMs), aheadOf(timeZone, midnight(day) + 24 * hourMs));
    /** No slot of this day or a later one is before this moment. */
    const reached = midnight(day) - ahead;
    waiting.sort(inOrder);
    const ripe = waiting.filter(({ at }) => at < reached);
    waiting = waiting.slice(ripe.length);
    for (const slot of ripe) {
      if (slot.at >= until) return;
      if (inOrder(slot, cursor) > 0) yield slot;
    }
    if (reached >= until && waiting.every(({ at }) => at >= until)) return;
    waiting.push(...slotsOn(schedule, day));
    day = daysLater(day, 1);
  }
}
