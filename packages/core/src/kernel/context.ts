import type { Clock } from "./clock.ts";
import { Problem, problems } from "./problem.ts";
import type { Write } from "./write.ts";

export type Tier = "free" | "premium" | "enterprise" | "vip";

/** Who acts. Workers act for the workspace whose event they handle. */
export type Actor = { kind: "user"; userId: string } | { kind: "system" };

/** What somebody may do in a workspace; in one's own one is its owner. */
export type Role = "owner" | "editor" | "reviewer" | "viewer";

/** A request that a client may repeat: the record that goes into the same transaction as what the request makes. */
export type Once = { record(answer: unknown): Write };

/** Handed to every verb, so that no check can lean on something ambient. */
export type Context = {
  actor: Actor;
  role: Role;
  workspaceId: string;
  /** Follows one request through events, queues and workers into every log line. */
  correlationId: string;
  clock: Clock;
  once?: Once;
};

export const actorId = (ctx: Context): string => (ctx.actor.kind === "user" ? ctx.actor.userId : "system");

/** Throws `auth/not-allowed` unless who acts has one of these roles. `what` ends the sentence “Only … may”. */
export function requireRole({ role }: Pick<Context, "role">, allowed: readonly Role[], what: string): void {
  if (!allowed.includes(role))
    throw new Problem(problems.notAllowed, `Only ${allowed.map((one) => `${one}s`).join(" and ")} may ${what}; you are here as ${role}.`);
}

/** The instant as the wire writes it: RFC 3339, UTC, milliseconds. */
export const instant = (at: number): string => new Date(at).toISOString();
