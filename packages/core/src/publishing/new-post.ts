import { DateTime } from "luxon";
import { actorId, type Context, instant, newId, Problem, problems } from "../kernel/index.ts";
import type { Post } from "./post.ts";
import type { PostRequest } from "./request.ts";

/** Epoch milliseconds of a wanted time. Throws `request/invalid` for what is no time, and for the past. */
export function dueTime(
  ctx: Context,
  { scheduledAt, timeZone: zone, now }: Pick<PostRequest, "scheduledAt" | "timeZone" | "now">,
): number | undefined {
  const at = ctx.clock.now();
  if (now) {
    if (scheduledAt !== undefined) throw refused("#/now", "Give either `now` or `scheduledAt`.");
    return at;
  }
  if (scheduledAt === undefined) return undefined;
  const [offset] = /(Z|[+-]\d\d:?\d\d)$/i.exec(scheduledAt) ?? [];
  const isInstant = offset !== undefined;
  const isOnEarth = /^(|Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/i.test(offset ?? "");
  if (!isInstant && zone === undefined)
    throw refused("#/timeZone", "A local time needs `timeZone`; or write the instant, such as 2026-12-01T09:30:00Z.");
  const parsed =
    isOnEarth && /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d/.test(scheduledAt)
      ? DateTime.fromISO(scheduledAt, { zone: zone ?? "utc" })
      : undefined;
  if (!parsed?.isValid) throw refused("#/scheduledAt", "Use RFC 3339, such as 2026-12-01T09:30:00Z or 2026-12-01T09:30:00+01:00.");
  if (!isInstant && parsed.toFormat("yyyy-MM-dd'T'HH:mm") !== scheduledAt.slice(0, 16))
    throw refused("#/scheduledAt", `That time does not exist in ${zone}: the clocks are put forward then.`);
  // Where the clocks are put back an hour comes twice: the first is meant, whatever season it is asked in.
  const due = Math.min(...(isInstant ? [parsed] : parsed.getPossibleOffsets()).map((at) => at.toMillis()));
  if (due <= at) throw refused("#/scheduledAt", `It is in the past: now it is ${instant(at)}. Use \`now\` to publish at once.`);
  if (due > at + maxAheadMs) throw refused("#/scheduledAt", "At most five years ahead.");
  return due;
}
const maxAheadMs = 5 * 366 * 86_400_000;

const refused = (pointer: string, detail: string) => new Problem(problems.invalid, detail, { errors: [{ pointer, detail }] });

export function newPost(ctx: Context, request: PostRequest): Post {
  const { now: _now, scheduledAt: _given, timeZone: zone = "UTC", ...rest } = request;
  const due = dueTime(ctx, request);
  const at = ctx.clock.now();
  return {
    ...rest,
    id: newId("pst", at),
    workspaceId: ctx.workspaceId,
    state: "draft",
    timeZone: zone,
    ...(due !== undefined && { scheduledAt: instant(due) }),
    deliveries: [],
    claims: [],
    createdBy: actorId(ctx),
    correlationId: ctx.correlationId,
    createdAt: instant(at),
    updatedAt: instant(at),
    version: 1,
  };
}
