import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { expect, test } from "vitest";
import { makeClock } from "../clock.ts";
import { createSes } from "../ses/index.ts";
import { serve } from "../wire/http.ts";
import { issuerBase, key, newEmail, password, poolSpec, region } from "./fixture.ts";
import { createCognito } from "./index.ts";

test("a user signs up, confirms, signs in, renews, changes and recovers the password by mailed codes, signs out and leaves", async () => {
  const folder = mkdtempSync(join(tmpdir(), "life-"));
  const credentials = () => ({ ...key, principal: "test" });
  const shared = { region, clock: makeClock(), credentials };
  const ses = createSes({ ...shared, folder: join(folder, "mails"), identities: ["hello@atelier.example"] });
  const cognito = createCognito({
    ...shared,
    file: join(folder, "cognito.sqlite"),
    issuerBase,
    mail: (message) => {
      ses.deliver({ ...message, from: "hello@atelier.example" });
    },
  });
  const { poolId, clientIds } = cognito.definePool(poolSpec);
  const server = await serve(cognito.handle);
  const sdk = new CognitoIdentityProvider({ region, endpoint: server.url, credentials: key, maxAttempts: 1 });
  const ClientId = clientIds.Rotating ?? "";
  const Username = newEmail();
  const mailedCode = () => ses.inbox({ to: Username })[0]?.code ?? "";
  const signIn = async (PASSWORD: string) => {
    const AuthParameters = { USERNAME: Username, PASSWORD };
    const { AuthenticationResult } = await sdk.initiateAuth({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
    return AuthenticationResult ?? {};
  };

  try {
    const { UserSub } = await sdk.signUp({ ClientId, Username, Password: password, UserAttributes: [{ Name: "name", Value: "Ada" }] });
    await sdk.resendConfirmationCode({ ClientId, Username });
    expect(ses.inbox({ to: Username })).toHaveLength(2);
    await sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: mailedCode() });

    const first = await signIn(password);
    const second = (await sdk.getTokensFromRefreshToken({ ClientId, RefreshToken: first.RefreshToken })).AuthenticationResult ?? {};
    expect((await sdk.getUser({ AccessToken: second.AccessToken })).Username).toBe(UserSub);

    await sdk.changePassword({ AccessToken: second.AccessToken, PreviousPassword: password, ProposedPassword: "Second-horse-8" });
    await signIn("Second-horse-8");
    await sdk.forgotPassword({ ClientId, Username });
    await sdk.confirmForgotPassword({ ClientId, Username, ConfirmationCode: mailedCode(), Password: "Third-horse-9" });
    const last = await signIn("Third-horse-9");

    await sdk.revokeToken({ ClientId, Token: second.RefreshToken });
    await expect(sdk.getUser({ AccessToken: second.AccessToken })).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await sdk.globalSignOut({ AccessToken: last.AccessToken });
    await expect(sdk.getUser({ AccessToken: last.AccessToken })).rejects.toMatchObject({ name: "NotAuthorizedException" });

    expect(await sdk.adminGetUser({ UserPoolId: poolId, Username })).toMatchObject({ UserStatus: "CONFIRMED", Username: UserSub });
    await sdk.adminDeleteUser({ UserPoolId: poolId, Username });
    await expect(signIn("Third-horse-9")).rejects.toMatchObject({ message: "Incorrect username or password." });
  } finally {
    sdk.destroy();
    await server.close();
    cognito.close();
    rmSync(folder, { recursive: true });
  }
});
