/** A date of the calendar, such as `2026-11-27`, without a zone. */
export type Day = string;

const dayMs = 86_400_000;

/** The moment at which clocks that show UTC show midnight of that day. */
export const midnight = (day: Day): number => Date.parse(`${day}T00:00:00.000Z`);

/** The day that a clock shows which is so many milliseconds ahead of UTC's. */
export const dayAt = (at: number, aheadMs = 0): Day => new Date(at + aheadMs).toISOString().slice(0, 10);

export const daysLater = (day: Day, days: number): Day => dayAt(midnight(day) + days * dayMs);

/** The weekdays as RFC 5545 writes them, in the order of `Date.getUTCDay`. */
export const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/** A weekday, or the n-th one of its month: `MO`, `1MO`, `-1FR`. */
export const weekdayPattern = /^(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/;

/** Which days are meant, in the terms of RFC 5545 §3.3.10. What is left out holds no day back. */
export type Days = {
  /** BYDAY. */
  days?: string[] | undefined;
  /** BYMONTHDAY; from the end where negative. */
  monthDays?: number[] | undefined;
  /** BYMONTH, 1 to 12. */
  months?: number[] | undefined;
  /** INTERVAL of a weekly rule: every second week, say. Weeks begin on Monday, and are counted from that of `anchor`. */
  everyWeeks?: number | undefined;
};

/** Whether the rule means that day. */
export function isMeant(rule: Days, day: Day, anchor: Day): boolean {
  const date = new Date(midnight(day));
  const ofMonth = date.getUTCDate();
  const inMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const fromEnd = inMonth - ofMonth + 1;
  const names = [weekdays[date.getUTCDay()] ?? "", Math.ceil(ofMonth / 7), -Math.ceil(fromEnd / 7)] as const;
  const [name, nth, nthLast] = names;
  return (
    (rule.days?.some((wanted) => wanted === name || wanted === `${nth}${name}` || wanted === `${nthLast}${name}`) ?? true) &&
    (rule.monthDays?.some((wanted) => wanted === ofMonth || wanted === -fromEnd) ?? true) &&
    (rule.months?.includes(date.getUTCMonth() + 1) ?? true) &&
    (weekOf(day) - weekOf(anchor)) % (rule.everyWeeks ?? 1) === 0
  );
}

/** Weeks since the Monday before 1970. */
const weekOf = (day: Day): number => Math.floor((midnight(day) / dayMs + 3) / 7);
