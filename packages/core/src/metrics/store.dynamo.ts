import { adding, eventText, insert, type Key, type Page, replace, type Table } from "../kernel/index.ts";
import type { Alert, Watch } from "./alert.ts";
import { calm } from "./alert.ts";
import type { MetricsStore, Reviewed } from "./store.ts";
import type { Sums } from "./sums.ts";

const partition = (workspaceId: string): string => `workspace/${workspaceId}/metrics`;
const dayKey = (workspaceId: string, day: string): Key => ({ pk: partition(workspaceId), sk: day });
const markKey = (workspaceId: string, generationId: string, finishedAt: string): Key => ({
  pk: `${partition(workspaceId)}/counted`,
  sk: `${generationId}/${finishedAt}`,
});
const reviewKey = (workspaceId: string, imageId: string): Key => ({ pk: `${partition(workspaceId)}/reviews`, sk: imageId });
const watchKey = (workspaceId: string, subject: string): Key => ({ pk: `${partition(workspaceId)}/watches`, sk: subject });
const alertKey = (workspaceId: string, id: string): Key => ({ pk: `workspace/${workspaceId}/alerts`, sk: id });

/** Longer than a message lives in a queue, its dead letters included. Seconds. */
const markSeconds = 30 * 24 * 60 * 60;
/** Of days that one page holds: more than a year. */
const mostDays = 400;

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

type DayRow = { day: string; [name: string]: number | string };

const addition: MetricsStore["addition"] = (workspaceId, day, by) => adding(dayKey(workspaceId, day), by, { day });

export const metricsStore = (table: Table): MetricsStore => ({
  add: (workspaceId, day, by, beside) => table.write(...beside, ...(Object.keys(by).length > 0 ? [addition(workspaceId, day, by)] : [])),
  addition,
  async days(workspaceId, from, to) {
    const days: { day: string; sums: Sums }[] = [];
    // A page ends at a megabyte. Newest first, so what is left lies before the last one.
    for (let last: string | undefined = to; last !== undefined; ) {
      const { items, nextCursor }: Page<DayRow> = await table.page<DayRow>({ pk: partition(workspaceId), from, to: last, limit: mostDays });
      days.push(...items.map(({ day, ...sums }) => ({ day, sums: sums as Sums })));
      const oldest = days.at(-1)?.day;
      last = nextCursor !== null && oldest !== undefined && oldest > from ? dayBefore(oldest) : undefined;
    }
    return days;
  },
  mark: (workspaceId, generationId, finishedAt, now) =>
    insert({ ...markKey(workspaceId, generationId, finishedAt), expiresAt: Math.ceil(now / 1000) + markSeconds, version: 1 }),
  reviewed: (workspaceId, imageId) => table.get<Reviewed>(reviewKey(workspaceId, imageId)),
  review(workspaceId, reviewed) {
    const row = { ...reviewKey(workspaceId, reviewed.imageId), ...reviewed };
    return reviewed.version === 1 ? insert(row) : replace(row);
  },
  async watches(workspaceId, subjects) {
    const found = await table.getMany<Watch & { version: number }>(subjects.map((subject) => watchKey(workspaceId, subject)));
    return found.map((watch) => watch ?? { ...calm, version: 0 });
  },
  watch(workspaceId, subject, watch) {
    const row = { ...watchKey(workspaceId, subject), ...watch };
    return watch.version === 1 ? insert(row) : replace(row);
  },
  alert: (workspaceId, id) => table.get<Alert>(alertKey(workspaceId, id)),
  raise: (alert, event) => insert<Alert>({ attributes: ["resolvedAt"], ...alertKey(alert.workspaceId, alert.id), ...alert, event }),
  resolve: (workspaceId, id, at, event) => ({
    update: alertKey(workspaceId, id),
    expression: "SET resolvedAt = :at, event = :event",
    condition: "attribute_exists(pk) AND attribute_not_exists(resolvedAt)",
    values: { ":at": at, ":event": eventText(event) },
  }),
  told: (workspaceId, id, what, at) => ({
    update: alertKey(workspaceId, id),
    expression: "SET #told = :at",
    condition: "attribute_exists(pk)",
    names: { "#told": `${what}MailAt` },
    values: { ":at": at },
  }),
  write: (...writes) => table.write(...writes),
  alerts: (workspaceId, page) => table.page<Alert>({ pk: `workspace/${workspaceId}/alerts`, ...page }),
});
