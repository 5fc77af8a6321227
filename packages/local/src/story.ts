import { isFigures } from "./log.ts";

/** One thing that was done. Times are real ones, since signatures and logs do not follow the product's clock. */
export type Step = {
  /** When it began, RFC 3339. */
  at: string;
  function: string;
  /** The operation, or the worker's name for its work. */
  what: string;
  /** The event that it was about. */
  type?: string;
  subject?: string;
  /** In which it left the object; for a request, the status of the answer. */
  state?: string;
  ms?: number;
  /** How often the message had been received, if it failed. */
  receives?: number;
  error?: string;
  correlationId: string;
};

/** A figure with its dimensions, over all lines that are kept. */
export type Figure = { name: string; of: string; unit: string; samples: number; sum: number; max: number };

type Line = Record<string, unknown> & { error?: { name?: string; message?: string; cause?: { message?: string } } };

/** `name {…}` → the step that the line tells of; undefined if it tells of none. */
function stepIn(line: string): Step | undefined {
  const space = line.indexOf(" ");
  const told = parsed(line.slice(space + 1));
  if (!told) return undefined;
  const word = (name: string) => (typeof told[name] === "string" ? told[name] : undefined);
  const emf = told._aws as { Timestamp: number } | undefined;
  const what = word("message");
  if (what === undefined) return undefined;
  const ended = emf?.Timestamp ?? Date.parse(word("timestamp") ?? "");
  const ms = [told.RequestMs, told.ms].find((value): value is number => typeof value === "number");
  const cause = told.error?.cause?.message ?? told.error?.message;
  const error = cause === undefined ? word("problem") : `${told.error?.name ?? "Error"}: ${cause}`;
  const receives = Number(told.receives);
  return {
    at: new Date(ended - (ms ?? 0)).toISOString(),
    function: word("area") ? `http/${word("area")}` : line.slice(0, space).replace(/[0-9A-F]{8}$/, ""),
    what,
    ...given({ type: word("type"), subject: word("subject"), state: word("state"), ms, error }),
    ...(receives > 0 && { receives }),
    correlationId: word("correlationId") ?? "",
  };
}

const given = <T extends object>(values: T): { [name in keyof T]?: Exclude<T[name], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [name in keyof T]?: Exclude<T[name], undefined>;
  };

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // Cut off by a kill.
    return undefined;
  }
}

/**
 * The steps of one story in order; without an id, of all lines. An object's id leads to the requests that it was made and changed by; and since work that
 * the minute's rule finds goes by the object's id until its row is read, that id belongs to the story of its request.
 */
export function stepsOf(lines: readonly string[], id: string | undefined): Step[] {
  const parse = (names: readonly string[]) =>
    lines.flatMap((line) => (names.some((name) => line.includes(`"${name}"`)) ? (stepIn(line) ?? []) : []));
  if (id === undefined) return lines.flatMap((line) => stepIn(line) ?? []);
  const about = parse([id]).filter((step) => step.correlationId === id || step.subject === id);
  const story = new Set(
    [id, ...about.flatMap(({ correlationId, subject = "" }) => [correlationId, subject])].filter((name) => name !== ""),
  );
  return parse([...story])
    .filter((step) => story.has(step.correlationId))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Sums the figures of all lines. */
export function figuresIn(lines: readonly string[]): Figure[] {
  const totals = new Map<string, Figure>();
  for (const line of lines) {
    const text = line.slice(line.indexOf(" ") + 1);
    const told = isFigures(text) ? parsed(text) : undefined;
    const emf = told?._aws as { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[] } | undefined;
    for (const { Dimensions, Metrics } of emf?.CloudWatchMetrics ?? []) {
      const of = (Dimensions[0] ?? []).filter((name) => name !== "service").map((name) => `${name} ${told?.[name]}`);
      for (const { Name: name, Unit: unit } of Metrics) {
        const key = [name, ...of].join();
        const total = totals.get(key) ?? { name, of: of.join(", "), unit, samples: 0, sum: 0, max: 0 };
        for (const value of [told?.[name]].flat().map(Number)) {
          total.samples += 1;
          total.sum += value;
          total.max = Math.max(total.max, value);
        }
        totals.set(key, total);
      }
    }
  }
  return [...totals.values()].sort((a, b) => (a.name + a.of < b.name + b.of ? -1 : 1));
}
