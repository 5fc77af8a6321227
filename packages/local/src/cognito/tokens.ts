import { randomUUID, sign, verify } from "node:crypto";
import { notAuthorized } from "./input.ts";
import type { TokenUse } from "./keys.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import type { User } from "./users.ts";

/**
 * What one sign-in began: every token that descends from it carries its `origin_jti`, and all of them end with it. Times are
 * epoch milliseconds of real time.
 */
export type Session = { originJti: string; sub: string; clientId: string; eventId: string; authenticatedAt: number; revoked: boolean };

/** Claims of an access token. Times are epoch seconds of real time, since verifiers know no other. */
export type AccessClaims = {
  sub: string;
  iss: string;
  client_id: string;
  origin_jti: string;
  event_id: string;
  token_use: "access";
  scope: string;
  auth_time: number;
  exp: number;
  iat: number;
  jti: string;
  username: string;
};

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** `AuthenticationResult` as InitiateAuth and GetTokensFromRefreshToken give it. */
export function issueTokens(realm: Realm, client: Client, user: User, session: Session, refreshToken: string | undefined) {
  const iat = Math.floor(Date.now() / 1000);
  const shared = {
    sub: user.sub,
    iss: `${realm.issuerBase}/${user.poolId}`,
    origin_jti: session.originJti,
    event_id: session.eventId,
    auth_time: Math.floor(session.authenticatedAt / 1000),
    iat,
  };
  const expiresInSeconds = Math.round(client.accessTokenValidityMinutes * 60);
  const access: AccessClaims = {
    ...shared,
    token_use: "access",
    client_id: client.id,
    username: user.sub,
    scope: "aws.cognito.signin.user.admin",
    exp: iat + expiresInSeconds,
    jti: randomUUID(),
  };
  const id = {
    ...user.attributes,
    ...shared,
    token_use: "id",
    aud: client.id,
    "cognito:username": user.sub,
    email: user.email,
    email_verified: user.emailVerified,
    exp: iat + Math.round(client.idTokenValidityMinutes * 60),
    jti: randomUUID(),
  };
  return {
    AccessToken: signToken(realm, user.poolId, "access", access),
    IdToken: signToken(realm, user.poolId, "id", id),
    ...(refreshToken === undefined ? {} : { RefreshToken: refreshToken }),
    ExpiresIn: expiresInSeconds,
    TokenType: "Bearer",
  };
}

function signToken({ keys }: Realm, poolId: string, tokenUse: TokenUse, claims: Record<string, unknown>): string {
  const { kid, privateKey } = keys.signing(poolId, tokenUse);
  const signed = `${base64url({ kid, alg: "RS256" })}.${base64url(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

/**
 * Verifies form, algorithm, signature, issuer, use and expiry of an access token; not whether it was revoked. The key decides the
 * algorithm and the pool: whatever else a header asks for is refused.
 * @throws NotAuthorizedException
 */
export function verifyAccessToken({ keys, issuerBase }: Realm, token: string): AccessClaims & { poolId: string } {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  const { alg, kid } = readPart(header);
  const key = typeof kid === "string" ? keys.byKid(kid) : undefined;
  if (rest.length > 0 || alg !== "RS256" || key?.tokenUse !== "access") throw notAuthorized("Invalid Access Token");
  if (!verify("sha256", Buffer.from(`${header}.${payload}`), key.publicKey, Buffer.from(signature, "base64url")))
    throw notAuthorized("Could not verify signature for Access Token");

  const claims = readPart(payload) as AccessClaims;
  if (claims.iss !== `${issuerBase}/${key.poolId}` || claims.token_use !== "access") throw notAuthorized("Invalid Access Token");
  if (Date.now() >= claims.exp * 1000) throw notAuthorized("Access Token has expired");
  return { ...claims, poolId: key.poolId };
}

function readPart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one error for both.
  }
  throw notAuthorized("Invalid Access Token");
}
