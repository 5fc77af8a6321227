import { createHash, randomBytes } from "node:crypto";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";

/** A question that a sign-in waits for the answer to. */
export type Challenge = {
  hash: string;
  /** Undefined for a stranger's: it is asked like anybody's, and no answer is right. */
  sub: string | undefined;
  /** What the asker has to remember; never leaves the server. */
  data: Record<string, string>;
};

type Kind = "PASSWORD_VERIFIER" | "SOFTWARE_TOKEN_MFA";
type Row = { hash: string; sub: string | null; data: string };

/** As Cognito has it where nothing else is configured. */
const lifetimeMs = 3 * 60 * 1000;
const tokenBytes = 48;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");

/** Asks, and returns the token (base64) by which the answer will name the question. */
export function ask({ database, clock }: Realm, client: Client, kind: Kind, { sub, data }: Omit<Challenge, "hash">): string {
  const now = clock.now();
  const token = randomBytes(tokenBytes).toString("base64");
  database.prepare("DELETE FROM challenges WHERE expires_at < ?").run(now);
  database
    .prepare("INSERT INTO challenges (hash, kind, client_id, sub, data, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
    .run(hashOf(token), kind, client.id, sub ?? null, JSON.stringify(data), now + lifetimeMs);
  return token;
}

/** The question of this token, if this client was asked it, it is still open and not too old. */
export function asked({ database, clock }: Realm, client: Client, kind: Kind, token: string): Challenge | undefined {
  const row = database
    .prepare("SELECT hash, sub, data FROM challenges WHERE hash = ? AND kind = ? AND client_id = ? AND expires_at > ?")
    .get(hashOf(token), kind, client.id, clock.now()) as Row | undefined;
  return row && { hash: row.hash, sub: row.sub ?? undefined, data: JSON.parse(row.data) as Record<string, string> };
}

/** Closes a question. Of several who answer at once, it is true for one. */
export const close = ({ database }: Realm, { hash }: Challenge): boolean =>
  database.prepare("DELETE FROM challenges WHERE hash = ?").run(hash).changes > 0;

/** A sign-in that was half made ends with the sessions that were whole. */
export function forgetChallengesOf({ database }: Realm, sub: string): void {
  database.prepare("DELETE FROM challenges WHERE sub = ?").run(sub);
}
