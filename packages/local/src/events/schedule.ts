import { type Cron, nextCron, readCron, ScheduleError } from "./cron.ts";

export { ScheduleError } from "./cron.ts";

type Schedule = { kind: "rate"; periodMs: number } | { kind: "cron"; cron: Cron };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** More missed instants than this are not made up for one by one. */
const mostMissed = 5;

/** Reads `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`; throws {@link ScheduleError}. */
function readSchedule(expression: string): Schedule {
  const [, count, unit, plural] = /^rate\((\d{1,6}) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  // AWS insists on the singular for one, and on the plural for more.
  if (count && unit && Number(count) > 0 && (Number(count) === 1) === (plural === ""))
    return { kind: "rate", periodMs: Number(count) * unitMs[unit as keyof typeof unitMs] };
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1];
  if (fields) return { kind: "cron", cron: readCron(fields) };
  throw new ScheduleError(`“${expression}” is not a schedule: rate(n minutes|hours|days) or cron(six fields).`);
}

/**
 * The first instant of a schedule that is later than `after`; both are epoch milliseconds. A rate counts from `anchor`, when its rule
 * was defined, save for `rate(1 minute)`, which falls on whole minutes. Infinity if a cron expression has no instant left. Throws
 * {@link ScheduleError}.
 */
export function nextAfter(expression: string, after: number, anchor = 0): number {
  const schedule = readSchedule(expression);
  if (schedule.kind === "cron") return nextCron(schedule.cron, after);
  const { periodMs } = schedule;
  const from = periodMs === unitMs.minute ? 0 : anchor;
  return after < from ? from + periodMs : from + (Math.floor((after - from) / periodMs) + 1) * periodMs;
}

/**
 * The instants in (`since`, `now`] that a rule is to fire for. Each one, as long as they are at most five; of more (the clock was turned,
 * or the machine slept) only the latest, so that a turn by a month does not start a flood.
 */
export function dueInstants(expression: string, since: number, now: number, anchor = 0): number[] {
  const instants: number[] = [];
  for (let at = nextAfter(expression, since, anchor); at <= now; at = nextAfter(expression, at, anchor)) {
    instants.push(at);
    if (instants.length > mostMissed) return [latestUntil(expression, at, now, anchor)];
  }
  return instants;
}

/** The last instant that is not later than `now`, by halving the time between a known instant and now. */
function latestUntil(expression: string, known: number, now: number, anchor: number): number {
  let latest = known;
  let none = now;
  while (none - latest > 1) {
    const middle = Math.floor((latest + none) / 2);
    const next = nextAfter(expression, middle, anchor);
    if (next <= now) latest = next;
    else none = middle;
  }
  const last = nextAfter(expression, latest, anchor);
  return last <= now ? last : latest;
}
