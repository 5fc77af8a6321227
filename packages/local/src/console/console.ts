import { canTurnTo, clockRange } from "../clock.ts";
import { BadRule } from "../faults/index.ts";
import type { Parts } from "../parts.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire/http.ts";
import { barrierTo, type Place } from "./from-here.ts";
import { clockPage, faultsPage, figuresPage, inboxPage, overviewPage, queuesPage, simulatorsPage, tablesPage, tracePage } from "./pages.ts";
import { queueViews, redrive } from "./queues.ts";

/** What a call may be refused with, in plain words. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const json = (body: unknown, status = 200): WireResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(body),
});

const page = (body: string): WireResponse => ({
  status: 200,
  // In nobody's frame: a click there would count as one here.
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "content-security-policy": "frame-ancestors 'none'" },
  body,
});

/** `/_local`: a look inside, for people (pages) and for tests (JSON). Never deployed. */
export function consoleHandler(parts: Parts, place: Place): WireHandler {
  const { clock, sqs, ses, runner, dynamodb, faults, functionLog, template, turnClock } = parts;
  const now = () => ({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs() });

  const routes: Record<string, (request: WireRequest, query: URLSearchParams) => WireResponse | Promise<WireResponse>> = {
    "GET /_local": async () =>
      page(overviewPage({ ...now(), queues: await queueViews(parts), processes: runner.processes(), mails: ses.inbox().length })),
    "GET /_local/inbox": (request, query) => {
      const mails = ses.inbox({ to: query.get("to") ?? undefined });
      return wantsHtml(request) ? page(inboxPage(mails)) : json({ items: mails });
    },
    "GET /_local/clock": (request) => (wantsHtml(request) ? page(clockPage(now())) : json(now())),
    "POST /_local/clock": (request) => {
      turnClock(offsetFrom(request, clock.now(), clock.offsetMs()));
      return json(now());
    },
    "GET /_local/queues": async (request) => {
      const items = await queueViews(parts);
      return wantsHtml(request) ? page(queuesPage(items)) : json({ items });
    },
    "POST /_local/queues": async (request) => {
      const { redrive: wanted } = body(request) as { redrive?: unknown };
      const dead = sqs.depths().flatMap(({ name, deadLetterOf }) => (deadLetterOf || parts.lastQueues.has(name) ? [name] : []));
      const known = dead.find((name) => name === wanted);
      if (!known) throw new Refusal(422, `\`redrive\` takes the name of a dead-letter queue: ${dead.join(", ")}.`);
      return json(await redrive(parts, known));
    },
    "GET /_local/trace": async (request, query) => {
      const id = query.get("id") ?? "";
      if (!/^[\w-]{3,80}$/.test(id))
        throw new Refusal(422, "Give `id`: a correlation id (`x-request-id`), or that of a generation, an image or a post.");
      const items = await functionLog.trace(id);
      return wantsHtml(request) ? page(tracePage(id, items)) : json({ items });
    },
    "GET /_local/figures": async (request) => {
      const items = await functionLog.figures();
      return wantsHtml(request) ? page(figuresPage(items)) : json({ items });
    },
    "GET /_local/faults": (request) => (wantsHtml(request) ? page(faultsPage(faults.list())) : json({ items: faults.list() })),
    "POST /_local/faults": async (request) => json(await faults.order(body(request)), 201),
    "DELETE /_local/faults": (_request, query) => {
      const id = query.get("id") ?? undefined;
      const removed = faults.remove(id);
      if (id !== undefined && removed === 0) throw new Refusal(404, `There is no rule ${id}.`);
      return json({ removed });
    },
    "GET /_local/functions": () => json({ items: runner.processes() }),
    "GET /_local/simulators": (request) => (wantsHtml(request) ? page(simulatorsPage(parts.simulated)) : json({ items: parts.simulated })),
    "GET /_local/tables": async (request) => {
      const [table] = Object.entries(template.Resources).filter(([, resource]) => resource.Type === "AWS::DynamoDB::Table");
      const { Items = [] } = await dynamodb.call<{ Items?: Record<string, unknown>[] }>("DynamoDB_20120810.Scan", {
        TableName: table?.[0],
        Limit: 200,
      });
      return wantsHtml(request) ? page(tablesPage(table?.[0] ?? "", Items)) : json({ table: table?.[0], items: Items });
    },
  };
  return async (request) => {
    try {
      const barrier = barrierTo(request, place);
      if (barrier) throw new Refusal(barrier.status, barrier.detail);
      const run = routes[`${request.method} ${request.path.replace(/\/$/, "")}`];
      if (!run) throw new Refusal(404, `There is ${Object.keys(routes).join(", ")}.`);
      return await run(request, new URLSearchParams(request.query));
    } catch (error) {
      if (error instanceof BadRule) return json({ detail: error.message }, 422);
      if (!(error instanceof Refusal)) throw error;
      return json({ detail: error.message }, error.status);
    }
  };
}

const wantsHtml = ({ headers }: WireRequest): boolean => headers.accept?.includes("text/html") ?? false;

function body(request: WireRequest): unknown {
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new Refusal(422, "Send a JSON object.");
}

/** The offset that is asked for, if the clock can stand there: it is saved at once, and the next start depends on it. */
function offsetFrom(request: WireRequest, now: number, offsetMs: number): number {
  const wanted = offsetAsked(request, now, offsetMs);
  if (!canTurnTo(wanted)) throw new Refusal(422, `The clock can only be turned within ${clockRange}.`);
  return wanted;
}

/** The offset that `{set: instant}`, `{advanceMs: n}` or `{reset: true}` asks for, in whole milliseconds. */
function offsetAsked(request: WireRequest, now: number, offsetMs: number): number {
  const { set, advanceMs, reset } = body(request) as { set?: unknown; advanceMs?: unknown; reset?: unknown };
  if (reset === true) return 0;
  if (typeof advanceMs === "number" && Number.isFinite(advanceMs)) return Math.round(offsetMs + advanceMs);
  const at = typeof set === "string" ? Date.parse(set) : Number.NaN;
  if (!Number.isNaN(at)) return Math.round(offsetMs + at - now);
  throw new Refusal(422, "Send `set` with an instant such as 2026-12-01T09:30:00Z, `advanceMs` with a number, or `reset: true`.");
}
