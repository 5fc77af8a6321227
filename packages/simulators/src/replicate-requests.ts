import { json, Refused, retryAfter } from "./answer.ts";
import type { Errors } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import type { findings } from "./replicate-models.ts";
import type { Run, WebhookEvent } from "./replicate-predictions.ts";

/** The usual shape of an error. */
export const problem = (status: number, title: string, detail: string, more: object = {}) =>
  json(status, { title, detail, status, ...more });

/** Replicate's own words. */
export const errors: Errors = {
  badKey: () => problem(401, "Unauthenticated", "You did not pass a valid authentication token"),
  notFound: () => problem(404, "Not found", "The requested resource could not be found."),
  badBody: (detail) => problem(400, "Bad request", detail),
  tooLarge: () => problem(413, "Request entity too large", "The body is too large."),
  // ⚠ Only the text is seen in the wild; the header is not documented.
  throttle: (retryAfterS) =>
    json(429, { detail: `Request was throttled. Your rate limit resets in ~${retryAfterS ?? 30}s.` }, retryAfter(retryAfterS)),
  serverError: () => problem(500, "Internal server error", "Something went wrong."),
  unavailable: () => problem(503, "Service unavailable", "Please try again."),
  outOfCredit: () => problem(402, "Insufficient credit", "You have insufficient credit to run this model."),
};

/** The answer to an input that has findings. */
export const invalid = (wrong: ReturnType<typeof findings>) =>
  problem(422, "Input validation failed", wrong.map(({ field, description }) => `- ${field}: ${description}\n`).join(""), {
    invalid_fields: wrong,
  });

/** The body, once its top-level keys are right. Others than the documented are refused (`additionalProperties: false`). */
export function requestOf(exchange: Exchange, more: readonly string[]): Record<string, unknown> {
  const body = exchange.json();
  const known = ["input", "webhook", "webhook_events_filter", "stream", ...more];
  const wrong: ReturnType<typeof findings> = [
    ...Object.keys(body)
      .filter((key) => !known.includes(key))
      .map((key) => ({
        type: "additional_property_not_allowed",
        field: "(root)",
        description: `Additional property ${key} is not allowed`,
      })),
    ...["input", ...more]
      .filter((key) => body[key] === undefined)
      .map((key) => ({ type: "required", field: "(root)", description: `${key} is required` })),
  ];
  if (body.input !== undefined && (typeof body.input !== "object" || body.input === null || Array.isArray(body.input)))
    wrong.push({ type: "invalid_type", field: "input", description: "Invalid type. Expected: object" });
  if (body.webhook !== undefined && !(typeof body.webhook === "string" && URL.canParse(body.webhook)))
    wrong.push({ type: "format", field: "webhook", description: "Does not match format 'uri'" });
  const events: unknown = body.webhook_events_filter;
  if (events !== undefined && !(Array.isArray(events) && events.every((event) => eventNames.includes(event as WebhookEvent))))
    wrong.push({ type: "enum", field: "webhook_events_filter", description: `must be of ${eventNames.join(", ")}` });
  if (wrong.length > 0) throw new Refused(invalid(wrong));
  return body;
}

const eventNames: readonly WebhookEvent[] = ["start", "output", "logs", "completed"];

/** ⚠ Without a filter: new outputs and the end. */
export const eventsOf = (filter: unknown): readonly WebhookEvent[] =>
  Array.isArray(filter) ? (filter as WebhookEvent[]) : ["output", "completed"];

/** `wait` is 60 s, `wait=n` is n s. ⚠ What n outside 1–60 does is not documented: it is taken as the nearest of them. */
export function waitSecondsOf(prefer: string | string[] | undefined): number | undefined {
  const match = /(?:^|[,;\s])wait(?:=(?<seconds>\d+))?(?:$|[,;\s])/.exec(String(prefer ?? ""));
  if (!match) return undefined;
  return Math.min(60, Math.max(1, Number(match.groups?.seconds ?? 60)));
}

/** Such as `30s`, `1m`, `2h` or `1m30s`. ⚠ The smallest allowed is not documented here. */
export function deadlineOf(header: string | string[] | undefined, now: number): number | undefined {
  const parts = [...String(header ?? "").matchAll(/(\d+)([smh])/g)];
  if (parts.length === 0) return undefined;
  const seconds = { s: 1, m: 60, h: 3600 };
  return now + parts.reduce((sum, [, count, unit]) => sum + Number(count) * seconds[unit as keyof typeof seconds] * 1000, 0);
}

const pageSize = 100;

/** A page of predictions, newest first. A cursor is the id of the last one seen, so new ones move nothing. */
export function list({ query }: Exchange, all: Run[], tellOf: (run: Run) => unknown, url: string) {
  const cursor = query.get("cursor");
  const start = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== null && start === 0) return problem(400, "Bad request", "Invalid cursor");
  const page = all.slice(start, start + pageSize);
  const self = `${url}/v1/predictions`;
  const last = page.at(-1);
  const next = last && start + pageSize < all.length ? `${self}?cursor=${last.id}` : null;
  const before = all[start - pageSize - 1];
  const previous = start === 0 ? null : before ? `${self}?cursor=${before.id}` : self;
  return json(200, { previous, next, results: page.map(tellOf) });
}
