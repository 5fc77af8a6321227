import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  ConfirmSignUpCommand,
  GetUserCommand,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { claimsOf, issuerBase, newEmail, password, type RunningCognito, startCognito } from "./fixture.ts";

let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());

const incorrect = { name: "NotAuthorizedException", message: "Incorrect username or password." };
const locked = { name: "NotAuthorizedException", message: "Password attempts exceeded" };
const guess = (email: string) => pool.signIn(email, { password: "Not-the-password-1" });
const initiate = (AuthFlow: "USER_PASSWORD_AUTH" | "USER_SRP_AUTH", AuthParameters: Record<string, string>, client = "Web") =>
  pool.sdk.send(new InitiateAuthCommand({ ClientId: pool.clientId(client), AuthFlow, AuthParameters }));

test("tokens carry the claims that Cognito gives", async () => {
  const email = newEmail();
  const { UserSub } = await pool.signUp(email, { UserAttributes: [{ Name: "name", Value: "Ada" }] });
  await pool.sdk.send(new ConfirmSignUpCommand({ ClientId: pool.clientId(), Username: email, ConfirmationCode: pool.lastCode(email) }));
  const { AccessToken, IdToken, ExpiresIn } = await pool.signIn(email.toUpperCase());
  const access = claimsOf(AccessToken);
  const shared = { sub: UserSub, iss: `${issuerBase}/${pool.poolId}`, origin_jti: access.origin_jti, event_id: access.event_id };
  expect(ExpiresIn).toBe(3600);
  expect(access).toEqual({
    ...shared,
    token_use: "access",
    client_id: pool.clientId(),
    username: UserSub,
    scope: "aws.cognito.signin.user.admin",
    auth_time: access.iat,
    iat: expect.closeTo(Date.now() / 1000, -1),
    exp: Number(access.iat) + 3600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(claimsOf(IdToken)).toMatchObject({
    ...shared,
    token_use: "id",
    aud: pool.clientId(),
    "cognito:username": UserSub,
    email,
    email_verified: true,
    name: "Ada",
  });
});

test("a wrong password and an unknown user get the same answer", async () => {
  await expect(guess(await pool.newUser())).rejects.toMatchObject(incorrect);
  await expect(guess(newEmail())).rejects.toMatchObject(incorrect);
});

test("an unknown user is told only where the client allows it", async () => {
  await expect(pool.signIn(newEmail(), { client: "Telling" })).rejects.toMatchObject({
    name: "UserNotFoundException",
    message: "User does not exist.",
  });
});

test("a stranger's sign-in takes about as long as a user's", async () => {
  // As hard as outside of tests: the hash is nearly all of it then.
  vi.stubEnv("ATELIER_PASSWORD_COST", "14");
  onTestFinished(() => void vi.unstubAllEnvs());
  const email = await pool.newUser();
  const timeOf = async (name: string) => {
    const from = performance.now();
    await expect(guess(name)).rejects.toMatchObject(incorrect);
    return performance.now() - from;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let n = 0; n < 4; n++) {
    known.push(await timeOf(email));
    unknown.push(await timeOf(newEmail()));
  }
  // The quickest of each is free of the machine's noise.
  expect(Math.min(...unknown) / Math.min(...known)).toBeGreaterThan(0.5);
});

test("the sub is a user name too", async () => {
  const email = await pool.newUser();
  const { sub } = claimsOf((await pool.signIn(email)).AccessToken);
  expect(claimsOf((await pool.signIn(String(sub))).AccessToken).sub).toBe(sub);
});

test("an unconfirmed user is told so only with the right password", async () => {
  const email = newEmail();
  await pool.signUp(email);
  await expect(guess(email)).rejects.toMatchObject(incorrect);
  await expect(pool.signIn(email)).rejects.toMatchObject({ name: "UserNotConfirmedException", message: "User is not confirmed." });
});

test("a disabled user cannot sign in, and loses the tokens, until enabled again", async () => {
  const email = await pool.newUser();
  const { AccessToken } = await pool.signIn(email);
  const named = { UserPoolId: pool.poolId, Username: email };
  await pool.sdk.send(new AdminDisableUserCommand(named));
  await expect(pool.signIn(email)).rejects.toMatchObject({ name: "NotAuthorizedException", message: "User is disabled." });
  await expect(guess(email)).rejects.toMatchObject(incorrect);
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({ name: "NotAuthorizedException" });
  await pool.sdk.send(new AdminEnableUserCommand(named));
  await pool.signIn(email);
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({ name: "NotAuthorizedException" });
});

test.each([
  ["a user", () => pool.newUser()],
  ["a stranger", async () => newEmail()],
])("after five wrong passwords %s is locked out, for twice as long with each more", async (_who, name) => {
  const email = await name();
  for (let n = 0; n < 5; n++) await expect(guess(email)).rejects.toMatchObject(incorrect);
  await expect(guess(email)).rejects.toMatchObject(locked);
  await expect(pool.signIn(email)).rejects.toMatchObject(locked);
  for (const seconds of [1, 2, 4, 8]) {
    const from = pool.clock.offsetMs();
    pool.clock.turnTo(from + seconds * 1000);
    await expect(guess(email)).rejects.toMatchObject(incorrect);
    await expect(guess(email)).rejects.toMatchObject(locked);
  }
});

test("the lock ends by itself: the right password opens afterwards, and starts the count afresh", async () => {
  const email = await pool.newUser();
  for (let n = 0; n < 5; n++) await expect(guess(email)).rejects.toMatchObject(incorrect);
  await expect(pool.signIn(email.toUpperCase())).rejects.toMatchObject(locked);
  pool.clock.turnTo(pool.clock.offsetMs() + 1000);
  await pool.signIn(email);
  for (let n = 0; n < 5; n++) await expect(guess(email)).rejects.toMatchObject(incorrect);
  pool.clock.turnTo(pool.clock.offsetMs() + 15 * 60 * 1000);
  for (let n = 0; n < 5; n++) await expect(guess(email)).rejects.toMatchObject(incorrect);
});

test("of twelve guesses at once five are looked at", async () => {
  const email = await pool.newUser();
  const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => guess(email)));
  const messages = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.message : "signed in"));
  expect(messages.filter((message) => message === incorrect.message)).toHaveLength(5);
  expect(messages.filter((message) => message === locked.message)).toHaveLength(7);
});

test("twelve sign-ins at once of one user all succeed", async () => {
  const email = await pool.newUser();
  const all = await Promise.all(Array.from({ length: 12 }, () => pool.signIn(email)));
  expect(new Set(all.map(({ AccessToken }) => claimsOf(AccessToken).origin_jti)).size).toBe(12);
});

test("a flow that is not enabled or not known is refused", async () => {
  const parameters = { USERNAME: newEmail(), PASSWORD: password };
  const refused = (flow: string) => ({ name: "InvalidParameterException", message: `${flow} flow not enabled for this client` });
  await expect(initiate("USER_PASSWORD_AUTH", parameters, "RefreshOnly")).rejects.toMatchObject(refused("USER_PASSWORD_AUTH"));
  await expect(initiate("USER_SRP_AUTH", parameters)).rejects.toMatchObject(refused("USER_SRP_AUTH"));
});

test("a missing parameter is named", async () => {
  await expect(initiate("USER_PASSWORD_AUTH", { USERNAME: newEmail() })).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: "Missing required parameter PASSWORD",
  });
});
