/** Whether a day, given as year, month 1–12 and day of the month, is one of a field's. */
type DayRule = (year: number, month: number, day: number) => boolean;

export type Cron = { minutes: number[]; hours: number[]; months: Set<number>; years: Set<number>; isDay: DayRule };

export class ScheduleError extends Error {}

type Field = { name: string; from: number; to: number; words?: string[] };

const minute: Field = { name: "minutes", from: 0, to: 59 };
const hour: Field = { name: "hours", from: 0, to: 23 };
const dayOfMonth: Field = { name: "day of month", from: 1, to: 31 };
const month: Field = {
  name: "month",
  from: 1,
  to: 12,
  words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
/** Sunday is 1, as on AWS. */
const dayOfWeek: Field = { name: "day of week", from: 1, to: 7, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };
const year: Field = { name: "year", from: 1970, to: 2199 };

const dayMs = 24 * 60 * 60 * 1000;
const daysIn = (y: number, m: number): number => new Date(Date.UTC(y, m, 0)).getUTCDate();
const weekday = (y: number, m: number, d: number): number => new Date(Date.UTC(y, m - 1, d)).getUTCDay() + 1;

/**
 * Reads the six fields of AWS's `cron(minutes hours day-of-month month day-of-week year)`, in UTC. Exactly one of the two day fields
 * is `?`. Throws {@link ScheduleError}.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function readCron(text: string): Cron {
  const [minutes, hours, days, months, weekdays, years, ...rest] = text.trim().toUpperCase().split(/\s+/);
  if (!minutes || !hours || !days || !months || !weekdays || !years || rest.length > 0)
    throw new ScheduleError(`cron(${text}) must have six fields.`);
  if ((days === "?") === (weekdays === "?"))
    throw new ScheduleError(`cron(${text}) must have ? as its day of month or as its day of week.`);
  return {
    minutes: [...numbers(minutes, minute)].sort((a, b) => a - b),
    hours: [...numbers(hours, hour)].sort((a, b) => a - b),
    months: numbers(months, month),
    years: numbers(years, year),
    isDay: weekdays === "?" ? anyOf(days, readDayOfMonth) : anyOf(weekdays, readDayOfWeek),
  };
}

/** The first instant of a cron expression that is later than `after` (epoch ms), or Infinity if it has none left. */
export function nextCron({ minutes, hours, months, years, isDay }: Cron, after: number): number {
  const from = new Date(after - (after % 60_000) + 60_000);
  const last = Math.max(...years);
  let midnight = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate());
  while (new Date(midnight).getUTCFullYear() <= last) {
    const date = new Date(midnight);
    const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (!years.has(y)) {
      midnight = Date.UTC(y + 1, 0, 1);
    } else if (!months.has(m)) {
      midnight = Date.UTC(y, m, 1);
    } else {
      if (isDay(y, m, d)) {
        for (const h of hours) {
          for (const min of minutes) {
            const at = midnight + (h * 60 + min) * 60_000;
            if (at > after) return at;
          }
        }
      }
      midnight += dayMs;
    }
  }
  return Number.POSITIVE_INFINITY;
}

function anyOf(text: string, read: (part: string) => DayRule): DayRule {
  const rules = text.split(",").map(read);
  return (y, m, d) => rules.some((rule) => rule(y, m, d));
}

/** `L` is the month's last day, `15W` the weekday nearest to the 15th within the month, `LW` the last weekday. */
function readDayOfMonth(part: string): DayRule {
  if (part === "L") return (y, m, d) => d === daysIn(y, m);
  if (part === "LW") return (y, m, d) => d === nearestWeekday(y, m, daysIn(y, m));
  if (part.endsWith("W")) {
    const day = number(part.slice(0, -1), dayOfMonth);
    return (y, m, d) => day <= daysIn(y, m) && d === nearestWeekday(y, m, day);
  }
  const days = numbers(part, dayOfMonth);
  return (_y, _m, d) => days.has(d);
}

function nearestWeekday(y: number, m: number, day: number): number {
  const of = weekday(y, m, day);
  if (of === 7) return day > 1 ? day - 1 : day + 2;
  if (of === 1) return day < daysIn(y, m) ? day + 1 : day - 2;
  return day;
}

/** `L` is Saturday, `5L` the month's last Thursday, `3#2` its second Tuesday. */
function readDayOfWeek(part: string): DayRule {
  const nth = /^(\w+)#([1-5])$/.exec(part);
  if (nth?.[1] && nth[2]) {
    const [of, count] = [number(nth[1], dayOfWeek), Number(nth[2])];
    return (y, m, d) => weekday(y, m, d) === of && Math.ceil(d / 7) === count;
  }
  if (part.length > 1 && part.endsWith("L")) {
    const of = number(part.slice(0, -1), dayOfWeek);
    return (y, m, d) => weekday(y, m, d) === of && d + 7 > daysIn(y, m);
  }
  const days = part === "L" ? new Set([7]) : numbers(part, dayOfWeek);
  return (y, m, d) => days.has(weekday(y, m, d));
}

/** Lists, ranges and steps: `1,5`, `1-5`, `*`, `0/15`, `1-30/10`. */
function numbers(text: string, field: Field): Set<number> {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
    const [start = "", end, ...rest] = range.split("-");
    const every = step === undefined ? 1 : Number(step);
    const from = start === "*" ? field.from : number(start, field);
    // A start with a step runs to the end of the field.
    const to = end !== undefined ? number(end, field) : start === "*" || step !== undefined ? field.to : from;
    if (rest.length > 0 || every < 1 || from > to || (start === "*" && end !== undefined))
      throw new ScheduleError(`“${part}” is not valid as the ${field.name} of a cron expression.`);
    for (let value = from; value <= to; value += every) found.add(value);
  }
  return found;
}

function number(text: string, { name, from, to, words }: Field): number {
  const word = words?.indexOf(text) ?? -1;
  const value = word >= 0 ? from + word : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) throw new ScheduleError(`“${text}” is not valid as the ${name} of a cron expression.`);
  return value;
}
