import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangePasswordCommand, GetUserCommand, GlobalSignOutCommand } from "@aws-sdk/client-cognito-identity-provider";
import { JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { claimsOf, issuerBase, password, type RunningCognito, startCognito } from "./fixture.ts";

let pool: RunningCognito;
let tokens: Awaited<ReturnType<RunningCognito["signIn"]>>;
beforeAll(async () => {
  pool = await startCognito();
  tokens = await pool.signIn(await pool.newUser());
});
afterAll(() => pool.stop());

const jwksUri = () => `${pool.url}/${pool.poolId}/.well-known/jwks.json`;
const fetchJwks = async () => (await fetch(jwksUri())).json() as Promise<{ keys: Record<string, string>[] }>;

/** The library's own fetcher speaks https only. */
const overHttp = new SimpleJwksCache({ fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() } });

describe("the key set", () => {
  test("has two public RSA keys of 2048 bits, and nothing private", async () => {
    const { keys } = await fetchJwks();
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
      expect(key).toMatchObject({ alg: "RS256", kty: "RSA", use: "sig" });
      expect(createPublicKey({ key, format: "jwk" }).asymmetricKeyDetails?.modulusLength).toBe(2048);
    }
  });

  test("does not exist for a pool that does not", async () => {
    expect((await fetch(`${pool.url}/eu-west-1_Unheard00/.well-known/jwks.json`)).status).toBe(404);
  });

  test("lets aws-jwt-verify verify access and ID tokens under the configured issuer", async () => {
    const issuer = `${issuerBase}/${pool.poolId}`;
    const verifierFor = (audience: string | null) => JwtVerifier.create({ issuer, audience, jwksUri: jwksUri() }, { jwksCache: overHttp });
    expect(await verifierFor(null).verify(tokens.AccessToken)).toMatchObject({ token_use: "access", client_id: pool.clientId() });
    expect(await verifierFor(pool.clientId()).verify(tokens.IdToken)).toMatchObject({ token_use: "id" });
    const [header, , signature] = tokens.AccessToken.split(".");
    const forged = [header, encode({ ...claimsOf(tokens.AccessToken), sub: "somebody-else" }), signature].join(".");
    await expect(verifierFor(null).verify(forged)).rejects.toThrow();
  });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const headerOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
const signedWith = (header: object, claims: object, signature: (signed: string) => Buffer) => {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signature(signed).toString("base64url")}`;
};

describe("a token is refused by GetUser, ChangePassword and GlobalSignOut", () => {
  const refuse = async (AccessToken: string) => {
    const refused = { name: "NotAuthorizedException" };
    await expect(pool.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject(refused);
    await expect(pool.sdk.send(new GlobalSignOutCommand({ AccessToken }))).rejects.toMatchObject(refused);
    const passwords = { PreviousPassword: password, ProposedPassword: `${password}-2` };
    await expect(pool.sdk.send(new ChangePasswordCommand({ AccessToken, ...passwords }))).rejects.toMatchObject(refused);
  };
  // Were one taken, the sign-out or the change of password would show here.
  const stillSignedIn = () => pool.sdk.send(new GetUserCommand({ AccessToken: tokens.AccessToken }));

  test("whose claims were changed", async () => {
    const [header, , signature] = tokens.AccessToken.split(".");
    const claims = claimsOf(tokens.AccessToken);
    await refuse([header, encode({ ...claims, exp: Number(claims.exp) + 1 }), signature].join("."));
    await stillSignedIn();
  });

  test.each(["none", "None", "NONE", ""])("whose algorithm is “%s”", async (alg) => {
    const header = { ...headerOf(tokens.AccessToken), alg };
    await refuse(`${encode(header)}.${encode(claimsOf(tokens.AccessToken))}.`);
    await stillSignedIn();
  });

  test("that was signed by HMAC with the public key as the secret", async () => {
    const header = { ...headerOf(tokens.AccessToken), alg: "HS256" };
    const jwk = (await fetchJwks()).keys.find(({ kid }) => kid === header.kid);
    const secret = createPublicKey({ key: jwk ?? {}, format: "jwk" }).export({ type: "spki", format: "pem" });
    await refuse(signedWith(header, claimsOf(tokens.AccessToken), (signed) => createHmac("sha256", secret).update(signed).digest()));
    await stillSignedIn();
  });

  test("that was signed by a key of somebody else's, under the pool's key id or another", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const own = (signed: string) => sign("sha256", Buffer.from(signed), privateKey);
    const header = headerOf(tokens.AccessToken);
    await refuse(signedWith(header, claimsOf(tokens.AccessToken), own));
    await refuse(signedWith({ ...header, kid: "mine" }, claimsOf(tokens.AccessToken), own));
    await refuse(signedWith({ ...header, kid: undefined }, claimsOf(tokens.AccessToken), own));
    await stillSignedIn();
  });

  test("that is an ID token", async () => {
    await refuse(tokens.IdToken);
  });

  test("that is another pool's, here or elsewhere", async () => {
    const elsewhere = await startCognito();
    try {
      await refuse((await elsewhere.signIn(await elsewhere.newUser())).AccessToken);
    } finally {
      await elsewhere.stop();
    }
  });

  test.each(["", "x", "a.b.c", "....", `${encode({ alg: "RS256" })}.${encode(null)}.x`])("that is no token at all: “%s”", async (token) => {
    await expect(pool.sdk.send(new GetUserCommand({ AccessToken: token }))).rejects.toMatchObject({
      name: token === "" ? "InvalidParameterException" : "NotAuthorizedException",
    });
  });

  test("that has expired", async () => {
    const { AccessToken } = await pool.signIn(await pool.newUser(), { client: "ShortLived" });
    await vi.waitFor(
      () =>
        expect(pool.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
          name: "NotAuthorizedException",
          message: "Access Token has expired",
        }),
      { timeout: 5000 },
    );
  });
});

test("a token of the same key under an earlier issuer is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cognito-"));
  const file = join(folder, "moved.sqlite");
  const before = await startCognito({ file });
  const { AccessToken } = await before.signIn(await before.newUser());
  await before.stop();
  const moved = await startCognito({ file, issuer: "http://127.0.0.1:5501" });
  try {
    await expect(moved.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Invalid Access Token",
    });
  } finally {
    await moved.stop();
    rmSync(folder, { recursive: true });
  }
});
