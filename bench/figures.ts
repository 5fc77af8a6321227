import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** One line of the table. `goal` is docs' figure, told beside what was seen; nothing fails on a time. */
export type Figure = { what: string; seen: string; beside?: string; goal?: string };

export const percentile = (values: readonly number[], p: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
};
export const median = (values: readonly number[]): number => percentile(values, 0.5);
export const spread = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5).toFixed(1)}  p99 ${percentile(values, 0.99).toFixed(1)} ms`;

/** What the figures are worth depends on what they were seen on, and on what else it did. */
export function machine() {
  const [cpu] = cpus();
  const at = fileURLToPath(new URL("..", import.meta.url));
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: at, encoding: "utf8" }).trim();
  return {
    at: new Date().toISOString(),
    commit,
    cpus: `${cpus().length} × ${cpu?.model.trim()}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: loadavg()[0]?.toFixed(1),
  };
}

/** Prints the table and keeps it as JSON under bench/results. */
export function report(about: ReturnType<typeof machine>, figures: readonly Figure[]): void {
  const headings = { what: "what", seen: "seen", beside: "beside, same run", goal: "goal" };
  const columns = ["what", "seen", "beside", "goal"] as const;
  const width = (name: (typeof columns)[number]) => Math.max(...[headings, ...figures].map((row) => (row[name] ?? "").length));
  const line = (row: Partial<Figure>) =>
    columns
      .map((name) => (row[name] ?? "").padEnd(width(name)))
      .join("  ")
      .trimEnd();
  process.stdout.write(
    `${about.cpus}, ${about.memoryGiB} GiB, Node ${about.node}, load ${about.loadBefore} before, ${about.commit}, ${about.at}\n\n`,
  );
  for (const row of [headings, ...figures]) process.stdout.write(`${line(row)}\n`);
  const folder = fileURLToPath(new URL("results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const name = `${about.at.slice(0, 16).replace(":", "")}.json`;
  writeFileSync(`${folder}${name}`, `${JSON.stringify({ ...about, figures }, null, 2)}\n`);
  process.stdout.write(`\nKept in bench/results/${name}\n`);
}
