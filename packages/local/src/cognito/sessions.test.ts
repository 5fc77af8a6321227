import {
  AdminDeleteUserCommand,
  AdminUserGlobalSignOutCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { claimsOf, type RunningCognito, startCognito } from "./fixture.ts";

let pool: RunningCognito;
let email: string;
beforeAll(async () => {
  pool = await startCognito();
  email = await pool.newUser();
});
afterAll(() => pool.stop());

const revoked = { name: "NotAuthorizedException", message: "Refresh Token has been revoked" };
const accessRevoked = { name: "NotAuthorizedException", message: "Access Token has been revoked" };
const getUser = (AccessToken = "") => pool.sdk.send(new GetUserCommand({ AccessToken }));
const revoke = (Token: string, client = "Web") => pool.sdk.send(new RevokeTokenCommand({ ClientId: pool.clientId(client), Token }));

/** New tokens by GetTokensFromRefreshToken. */
async function renew(RefreshToken: string, client = "Web") {
  const { AuthenticationResult } = await pool.sdk.send(
    new GetTokensFromRefreshTokenCommand({ ClientId: pool.clientId(client), RefreshToken }),
  );
  return AuthenticationResult ?? {};
}

/** New tokens by InitiateAuth. */
async function initiate(RefreshToken: string, client = "Web") {
  const { AuthenticationResult } = await pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.clientId(client),
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    }),
  );
  return AuthenticationResult ?? {};
}

describe("without rotation", () => {
  test("a refresh token gives access and ID tokens of the same session, by either call, and none of its kind", async () => {
    const first = await pool.signIn(email);
    const { origin_jti, auth_time, jti } = claimsOf(first.AccessToken);
    for (const next of [await renew(first.RefreshToken), await initiate(first.RefreshToken)]) {
      expect(next.RefreshToken).toBeUndefined();
      expect(next).toMatchObject({ TokenType: "Bearer", ExpiresIn: 3600 });
      expect(claimsOf(next.AccessToken ?? "")).toMatchObject({ origin_jti, auth_time });
      expect(claimsOf(next.IdToken ?? "")).toMatchObject({ origin_jti, auth_time });
      expect(claimsOf(next.AccessToken ?? "").jti).not.toBe(jti);
      await getUser(next.AccessToken);
    }
  });

  test("a refresh token of another client, or made up, is invalid", async () => {
    const { RefreshToken } = await pool.signIn(email);
    const invalid = { name: "NotAuthorizedException", message: "Invalid Refresh Token" };
    await expect(renew(RefreshToken, "Telling")).rejects.toMatchObject(invalid);
    await expect(renew(`${RefreshToken}x`)).rejects.toMatchObject(invalid);
  });

  test("a refresh token expires", async () => {
    const { RefreshToken } = await pool.signIn(email, { client: "ShortLived" });
    await vi.waitFor(
      () =>
        expect(renew(RefreshToken, "ShortLived")).rejects.toMatchObject({
          name: "NotAuthorizedException",
          message: "Refresh Token has expired",
        }),
      { timeout: 5000 },
    );
  });
});

describe("with rotation", () => {
  test("each refresh gives a new refresh token, which works in turn", async () => {
    const first = await pool.signIn(email, { client: "Rotating" });
    const second = await renew(first.RefreshToken, "Rotating");
    const third = await renew(second.RefreshToken ?? "", "Rotating");
    expect(new Set([first.RefreshToken, second.RefreshToken, third.RefreshToken]).size).toBe(3);
    expect(claimsOf(third.AccessToken ?? "").origin_jti).toBe(claimsOf(first.AccessToken).origin_jti);
    await getUser(third.AccessToken);
  });

  test("the use of a replaced token ends the session for whoever holds any of its tokens, and no other session", async () => {
    const other = await pool.signIn(email, { client: "Rotating" });
    const first = await pool.signIn(email, { client: "Rotating" });
    const second = await renew(first.RefreshToken, "Rotating");
    await expect(renew(first.RefreshToken, "Rotating")).rejects.toMatchObject({ name: "RefreshTokenReuseException" });
    await expect(renew(second.RefreshToken ?? "", "Rotating")).rejects.toMatchObject(revoked);
    await expect(getUser(first.AccessToken)).rejects.toMatchObject(accessRevoked);
    await expect(getUser(second.AccessToken)).rejects.toMatchObject(accessRevoked);
    await renew(other.RefreshToken, "Rotating");
  });

  test("within the grace period a replaced token still works, after it no more", async () => {
    const { RefreshToken } = await pool.signIn(email, { client: "RotatingWithGrace" });
    const [a, b] = await Promise.all([renew(RefreshToken, "RotatingWithGrace"), renew(RefreshToken, "RotatingWithGrace")]);
    expect(a.RefreshToken).not.toBe(b.RefreshToken);
    await renew(a.RefreshToken ?? "", "RotatingWithGrace");
    await vi.waitFor(() => expect(renew(RefreshToken, "RotatingWithGrace")).rejects.toMatchObject({ name: "RefreshTokenReuseException" }), {
      timeout: 5000,
    });
    await expect(renew(b.RefreshToken ?? "", "RotatingWithGrace")).rejects.toMatchObject(revoked);
  });

  test("InitiateAuth does not refresh", async () => {
    const { RefreshToken } = await pool.signIn(email, { client: "Rotating" });
    await expect(initiate(RefreshToken, "Rotating")).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "REFRESH_TOKEN_AUTH flow not enabled for this client",
    });
    await renew(RefreshToken, "Rotating");
  });
});

describe("revoking", () => {
  test("a refresh token ends its session, access tokens included, and leaves other sessions alone", async () => {
    const other = await pool.signIn(email);
    const { AccessToken, RefreshToken } = await pool.signIn(email);
    const later = await renew(RefreshToken);
    await revoke(RefreshToken);
    await revoke(RefreshToken);
    await expect(renew(RefreshToken)).rejects.toMatchObject(revoked);
    await expect(getUser(AccessToken)).rejects.toMatchObject(accessRevoked);
    await expect(getUser(later.AccessToken)).rejects.toMatchObject(accessRevoked);
    await getUser(other.AccessToken);
  });

  test("is for refresh tokens, of one's own client", async () => {
    const { AccessToken, RefreshToken } = await pool.signIn(email);
    await expect(revoke(AccessToken)).rejects.toMatchObject({ name: "UnsupportedTokenTypeException" });
    await expect(revoke(RefreshToken, "Telling")).rejects.toMatchObject({ name: "UnauthorizedException" });
    await revoke("unknown");
    await getUser(AccessToken);
  });

  test.each([
    ["by the user", (AccessToken: string) => pool.sdk.send(new GlobalSignOutCommand({ AccessToken }))],
    ["by an administrator", () => pool.sdk.send(new AdminUserGlobalSignOutCommand({ UserPoolId: pool.poolId, Username: email }))],
  ])("a global sign-out %s ends all sessions that there are, and none to come", async (_who, signOut) => {
    const [a, b] = [await pool.signIn(email), await pool.signIn(email, { client: "Rotating" })];
    await signOut(a.AccessToken);
    await expect(getUser(a.AccessToken)).rejects.toMatchObject(accessRevoked);
    await expect(getUser(b.AccessToken)).rejects.toMatchObject(accessRevoked);
    await expect(renew(a.RefreshToken)).rejects.toMatchObject(revoked);
    await expect(renew(b.RefreshToken, "Rotating")).rejects.toMatchObject(revoked);
    await getUser((await pool.signIn(email)).AccessToken);
  });

  test("a deleted user's tokens are worth nothing", async () => {
    const leaving = await pool.newUser();
    const { AccessToken, RefreshToken } = await pool.signIn(leaving);
    await pool.sdk.send(new AdminDeleteUserCommand({ UserPoolId: pool.poolId, Username: leaving }));
    await expect(getUser(AccessToken)).rejects.toMatchObject({ name: "UserNotFoundException" });
    await expect(renew(RefreshToken)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(pool.signIn(leaving)).rejects.toMatchObject({ message: "Incorrect username or password." });
  });
});
