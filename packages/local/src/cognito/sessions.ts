import { createHash, randomBytes, randomUUID } from "node:crypto";
import { transaction } from "../database.ts";
import { AwsError } from "../wire/aws-json.ts";
import { forgetChallengesOf } from "./challenges.ts";
import { notAuthorized } from "./input.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { type Session, verifyAccessToken } from "./tokens.ts";
import { type User, userNamed } from "./users.ts";

type Row = {
  origin_jti: string;
  sub: string;
  client_id: string;
  event_id: string;
  authenticated_at: number;
  expires_at: number;
  revoked: number;
};

const dayMs = 24 * 60 * 60 * 1000;

/** Refresh tokens are random enough that a bare hash hides them. */
const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");

/** Begins a session and gives its first refresh token. */
export function beginSession({ database }: Realm, client: Client, user: User): { session: Session; refreshToken: string } {
  const now = Date.now();
  return transaction(database, () => {
    // An access token lives a day at most: after that nobody can ask about the session any more.
    database.prepare("DELETE FROM sessions WHERE expires_at < ?").run(now - dayMs);
    const row = database
      .prepare(
        `INSERT INTO sessions (origin_jti, sub, client_id, event_id, authenticated_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING *`,
      )
      .get(randomUUID(), user.sub, client.id, randomUUID(), now, now + Math.round(client.refreshTokenValidityDays * dayMs)) as Row;
    return { session: fromRow(row), refreshToken: addRefreshToken(database, row.origin_jti) };
  });
}

/**
 * Continues a session by a refresh token. With rotation a new one comes back, valid for what remains of the session, and the old one
 * works only for the grace period more: a later use means that two hold it, and ends the session for both.
 * @throws NotAuthorizedException, RefreshTokenReuseException
 */
export function continueSession({ database }: Realm, client: Client, token: string): { session: Session; refreshToken?: string } {
  const now = Date.now();
  const hash = hashToken(token);
  const row = database
    .prepare("SELECT s.*, t.replaced_at FROM refresh_tokens t JOIN sessions s USING (origin_jti) WHERE t.hash = ? AND s.client_id = ?")
    .get(hash, client.id) as (Row & { replaced_at: number | null }) | undefined;
  if (!row) throw notAuthorized("Invalid Refresh Token");
  if (row.revoked) throw notAuthorized("Refresh Token has been revoked");
  if (now >= row.expires_at) throw notAuthorized("Refresh Token has expired");

  const graceMs = (client.refreshTokenRotation?.retryGracePeriodSeconds ?? 0) * 1000;
  if (row.replaced_at !== null && now >= row.replaced_at + graceMs) {
    revokeSession(database, row.origin_jti);
    throw new AwsError("RefreshTokenReuseException", "The refresh token has already been used; its session is revoked.");
  }
  const session = fromRow(row);
  if (!client.refreshTokenRotation) return { session };
  return transaction(database, () => {
    database.prepare("UPDATE refresh_tokens SET replaced_at = coalesce(replaced_at, ?) WHERE hash = ?").run(now, hash);
    return { session, refreshToken: addRefreshToken(database, row.origin_jti) };
  });
}

/**
 * Ends the session of a refresh token. An unknown or ended one is no error, as RFC 7009 §2.2 has it.
 * @throws UnsupportedTokenTypeException for an access or ID token; UnauthorizedException for another client's token
 */
export function revokeByRefreshToken({ database }: Realm, client: Client, token: string): void {
  if (token.split(".").length === 3) throw new AwsError("UnsupportedTokenTypeException", "Only refresh tokens can be revoked.");
  const row = database
    .prepare("SELECT s.origin_jti, s.client_id FROM refresh_tokens t JOIN sessions s USING (origin_jti) WHERE t.hash = ?")
    .get(hashToken(token)) as Pick<Row, "origin_jti" | "client_id"> | undefined;
  if (!row) return;
  if (row.client_id !== client.id) throw new AwsError("UnauthorizedException", "The token was not issued to this client.");
  revokeSession(database, row.origin_jti);
}

export function revokeSessionsOf(realm: Realm, user: User): void {
  forgetChallengesOf(realm, user.sub);
  realm.database.prepare("UPDATE sessions SET revoked = 1 WHERE sub = ?").run(user.sub);
}

/**
 * The user whom an access token stands for, while its session lives.
 * @throws NotAuthorizedException, UserNotFoundException
 */
export function bearerOf(realm: Realm, accessToken: string): User {
  const { poolId, sub, origin_jti } = verifyAccessToken(realm, accessToken);
  const user = userNamed(realm.database, poolId, sub);
  const session = realm.database.prepare("SELECT revoked FROM sessions WHERE origin_jti = ?").get(origin_jti);
  if (session?.revoked !== 0) throw notAuthorized("Access Token has been revoked");
  if (!user.enabled) throw notAuthorized("User is disabled.");
  return user;
}

function addRefreshToken(database: Realm["database"], originJti: string): string {
  const token = randomBytes(48).toString("base64url");
  database.prepare("INSERT INTO refresh_tokens (hash, origin_jti) VALUES (?, ?)").run(hashToken(token), originJti);
  return token;
}

function revokeSession(database: Realm["database"], originJti: string): void {
  database.prepare("UPDATE sessions SET revoked = 1 WHERE origin_jti = ?").run(originJti);
}

function fromRow(row: Row): Session {
  return {
    originJti: row.origin_jti,
    sub: row.sub,
    clientId: row.client_id,
    eventId: row.event_id,
    authenticatedAt: row.authenticated_at,
    revoked: row.revoked === 1,
  };
}
