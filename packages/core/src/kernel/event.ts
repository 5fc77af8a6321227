import { actorId, type Context, instant } from "./context.ts";
import { newId } from "./ids.ts";

/** News of a row, carried inside the row itself until the stream's relay has put it on the bus. */
export type RowEvent = {
  id: string;
  /** `domain.noun.past` */
  type: string;
  at: string;
  /** Who did it: a user's id, or `system`. */
  actor: string;
  correlationId: string;
  workspaceId: string;
  /** Id and version of the object at the moment of the event; consumers drop what is older than what they have seen. */
  subject: string;
  version: number;
  data?: Record<string, unknown>;
};

export function eventOf(
  ctx: Context,
  type: string,
  object: { id: string; workspaceId: string; version: number },
  data?: Record<string, unknown>,
): RowEvent {
  const at = ctx.clock.now();
  return {
    id: newId("evt", at),
    type,
    at: instant(at),
    actor: actorId(ctx),
    correlationId: ctx.correlationId,
    workspaceId: object.workspaceId,
    subject: object.id,
    version: object.version,
    ...(data ? { data } : {}),
  };
}
