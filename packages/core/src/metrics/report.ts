import { dayOf } from "../budgets/index.ts";
import { type Context, Problem, problems } from "../kernel/index.ts";
import type { MetricsStore } from "./store.ts";
import { type Figures, figuresOf, subjectOf, subjectsIn } from "./sums.ts";

export const groupings = ["all", "day", "model", "template", "text_model"] as const;
export type Grouping = (typeof groupings)[number];

/** What figures are of: a day, a model of images or of text, a template's version, or everything. */
export type Line = { day?: string; provider?: string; model?: string; templateId?: string; templateVersion?: number } & Figures;
export type Report = { from: string; to: string; by: Grouping; items: Line[] };

const dayMs = 24 * 60 * 60 * 1000;
/** Days of one report. */
export const mostDays = 366;
/** Lines of one report: the busiest come first, the rest is left out. */
export const mostLines = 1_000;

/** Figures of whole days of UTC, both included; without a time, of the last thirty. One read for each megabyte of them. */
export async function report(
  ctx: Context,
  { metrics }: { metrics: MetricsStore },
  { from, to, by }: { from?: string | undefined; to?: string | undefined; by: Grouping },
): Promise<Report> {
  const last = to ?? dayOf(ctx.clock.now());
  const first = from ?? dayOf(Date.parse(last) - 29 * dayMs);
  if (first > last) throw unclear("#/query/from", `Not after ${last}.`);
  if (Date.parse(last) - Date.parse(first) >= mostDays * dayMs) throw unclear("#/query/from", `At most ${mostDays} days.`);
  const days = (await metrics.days(ctx.workspaceId, first, last)).toSorted((a, b) => a.day.localeCompare(b.day));
  return { from: first, to: last, by, items: linesOf(days, by).slice(0, mostLines) };
}

const unclear = (pointer: string, detail: string): Problem =>
  new Problem(problems.invalid, "These days cannot be reported together.", { errors: [{ pointer, detail }] });

function linesOf(days: readonly { day: string; sums: Readonly<Record<string, number>> }[], by: Grouping): Line[] {
  const sums = days.map((one) => one.sums);
  if (by === "all") return [figuresOf(sums, subjectOf.all)];
  if (by === "day") return days.map((one) => ({ day: one.day, ...figuresOf([one.sums], subjectOf.all) }));
  return subjectsIn(sums)
    .filter((subject) => subject.startsWith(`${by === "text_model" ? "text" : by}/`))
    .map((subject) => ({ ...partsOf(subject), ...figuresOf(sums, subject) }))
    .sort((a, b) => usesOf(b) - usesOf(a));
}

/** Of either kind; no line of a model or template has both. */
const usesOf = ({ drawn, failed, refused, textsAnswered, textsFailed, textsRefused }: Figures): number =>
  drawn + failed + refused + textsAnswered + textsFailed + textsRefused;

function partsOf(subject: string): Pick<Line, "provider" | "model" | "templateId" | "templateVersion"> {
  const [kind, first = "", ...rest] = subject.split("/");
  return kind === "template" ? { templateId: first, templateVersion: Number(rest[0]) } : { provider: first, model: rest.join("/") };
}

const columns = [
  "day",
  "provider",
  "model",
  "templateId",
  "templateVersion",
  "drawn",
  "failed",
  "refused",
  "approved",
  "rejected",
  "successRate",
  "medianMs",
  "p95Ms",
  "costMicroUsd",
  "costPerImageMicroUsd",
  "costPerApprovedMicroUsd",
  // Behind all others, so that a column stays where it was.
  "textsAnswered",
  "textsFailed",
  "textsRefused",
  "textCostMicroUsd",
] as const satisfies readonly (keyof Line)[];

/** The same as a table: RFC 4180, with a line of names. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf({ items }: Pick<Report, "items">): string {
  const rows = [columns as readonly string[], ...items.map((line) => columns.map((name) => cell(line[name])))];
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
