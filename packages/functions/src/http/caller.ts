import { isIPv6 } from "node:net";
import { type Gate, type Passage, signedIn, type Window } from "@atelier/core/gate";
import { callerOf } from "@atelier/core/identity";
import { Problem, problems } from "@atelier/core/kernel";
import { JwtRsaVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { once } from "../clients.ts";
import { optional, region, required } from "../env.ts";

/** Requests without a token, from one address: sign-up and sign-in. */
const openWindow: Window = { name: "open", quota: 300, seconds: 60 };

const verifier = once(() => {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${required("USER_POOL_ID")}`;
  return JwtRsaVerifier.create(
    {
      issuer,
      jwksUri: optional("USER_POOL_JWKS_URI") ?? `${issuer}/.well-known/jwks.json`,
      audience: null, // Cognito's access tokens carry client_id instead
      customJwtCheck({ payload }) {
        if (payload.token_use !== "access" || payload.client_id !== required("USER_POOL_CLIENT_ID"))
          throw new Error("not an access token of this client");
      },
    },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );
});

/** The library's own way speaks only TLS to the outside; this one goes wherever the configuration says. */
async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { signal: AbortSignal.timeout(3_000) });
  if (!response.ok) throw new JwksNotAvailable(`The user pool's keys answered ${response.status}.`);
  return response.arrayBuffer();
}
class JwksNotAvailable extends Error {
  override readonly name = "JwksNotAvailable";
}

export type Known = { userId: string; accessToken: string; signIn: string; passage: Passage };

const unauthenticated = (detail: string) => new Problem(problems.unauthenticated, detail, { headers: { "www-authenticate": "Bearer" } });

type Claims = Awaited<ReturnType<ReturnType<typeof verifier>["verify"]>>;

/** Tokens whose signature this process has verified: a busy client sends the same one for an hour, and checking it costs as much as reading a row. */
const verified = new Map<string, Claims>();
const rememberedTokens = 1_000;

/** The claims of a token that is ours and has not run out; throws what the verifier throws. */
async function claimsOf(accessToken: string): Promise<Claims> {
  const known = verified.get(accessToken);
  if (known && Number(known.exp) * 1_000 > Date.now()) return known;
  verified.delete(accessToken);
  const claims = await verifier().verify(accessToken);
  const [oldest] = verified.keys();
  if (verified.size >= rememberedTokens && oldest !== undefined) verified.delete(oldest);
  verified.set(accessToken, claims);
  return claims;
}

/** Who sends a request, once the gate has let them pass. Nothing of the body is believed. */
export async function identify(gate: Gate, authorization: string | undefined): Promise<Known> {
  const [, accessToken] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? "") ?? [];
  if (!accessToken) throw unauthenticated("Send `Authorization: Bearer` with the access token of a sign-in.");
  const claims = await claimsOf(accessToken).catch((cause: unknown) => {
    throw isKeyTrouble(cause) ? cause : unauthenticated("The access token is not valid or has run out. Refresh it, or sign in again.");
  });
  const userId = String(claims.sub);
  const signIn = String(claims.origin_jti ?? claims.jti);
  const passage = await gate.pass(callerOf(userId), signedIn);
  const { suspended, revoked, validFrom } = passage.standing;
  if (revoked.has(signIn) || Number(claims.iat) < validFrom) throw unauthenticated("This sign-in was ended. Sign in again.");
  if (suspended) throw new Problem(problems.suspended, "Write to the operator of this service to find out why.");
  return { userId, accessToken, signIn, passage };
}

/** The pool's keys could not be read: our trouble, not the caller's. */
const isKeyTrouble = (cause: unknown): boolean =>
  cause instanceof JwksNotAvailable || cause instanceof TypeError || (cause instanceof DOMException && cause.name === "TimeoutError");

/** For operations that need no token: limited by address. */
export const admitAddress = (gate: Gate, ipAddress: string): Promise<Passage> => gate.pass(`address/${networkOf(ipAddress)}`, [openWindow]);

/** What one subscriber has: an IPv4 address, or the 2⁶⁴ addresses of an IPv6 network, through which anybody could walk. */
export function networkOf(ipAddress: string): string {
  if (!isIPv6(ipAddress)) return ipAddress;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ipAddress) ?? [];
  if (mapped) return mapped;
  const [head = "", tail = ""] = ipAddress.toLowerCase().split("::");
  const [before, after] = [head, tail].map((part) => part.split(":").filter((group) => group !== "")) as [string[], string[]];
  const between = Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(between).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
