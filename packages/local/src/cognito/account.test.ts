import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  ChangePasswordCommand,
  GetUserCommand,
  ListDevicesCommand,
  ListUsersCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf, connect, key, newEmail, password, type RunningCognito, startCognito } from "./fixture.ts";

let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());

const newPassword = "Another-horse-8";
const change = (AccessToken: string, PreviousPassword: string, ProposedPassword = newPassword) =>
  pool.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }));

describe("a signed-in user", () => {
  test("sees the own account", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    const { sub } = claimsOf(AccessToken);
    const { Username, UserAttributes } = await pool.sdk.send(new GetUserCommand({ AccessToken }));
    expect(Username).toBe(sub);
    expect(UserAttributes).toEqual([
      { Name: "sub", Value: sub },
      { Name: "email_verified", Value: "true" },
      { Name: "email", Value: email },
    ]);
  });

  test("changes the password by knowing it, under the policy", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    await expect(change(AccessToken, "Not-the-password-1")).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
    await expect(change(AccessToken, password, "weak")).rejects.toMatchObject({ name: "InvalidPasswordException" });
    await pool.signIn(email);
    await change(AccessToken, password);
    await pool.signIn(email, { password: newPassword });
    await expect(pool.signIn(email)).rejects.toMatchObject({ message: "Incorrect username or password." });
  });

  test("of two changes at once makes one", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    const outcomes = await Promise.allSettled([
      change(AccessToken, password, "First-of-two-1"),
      change(AccessToken, password, "Second-of-two-2"),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("cannot try passwords without end, with a token or without", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    for (let n = 0; n < 5; n++)
      await expect(change(AccessToken, `Guess-number-${n}`)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(change(AccessToken, password)).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Attempt limit exceeded, please try after some time.",
    });
    await expect(pool.signIn(email)).rejects.toMatchObject({ message: "Password attempts exceeded" });
    pool.clock.turnTo(pool.clock.offsetMs() + 1000);
    await change(AccessToken, password);
  });
});

describe("an administrator", () => {
  const named = (Username: string, UserPoolId = pool.poolId) => ({ UserPoolId, Username });

  test("sees a user's state and dates, by address or by sub", async () => {
    const email = newEmail();
    const { UserSub = "" } = await pool.signUp(email);
    const at = new Date(Math.floor(pool.clock.now()));
    for (const name of [email, email.toUpperCase(), UserSub]) {
      expect(await pool.sdk.send(new AdminGetUserCommand(named(name)))).toMatchObject({
        Username: UserSub,
        UserStatus: "UNCONFIRMED",
        Enabled: true,
        UserCreateDate: at,
        UserLastModifiedDate: at,
      });
    }
    await pool.sdk.send(new AdminDisableUserCommand(named(email)));
    expect(await pool.sdk.send(new AdminGetUserCommand(named(email)))).toMatchObject({ Enabled: false });
  });

  test("frees an address by deleting its user", async () => {
    const email = await pool.newUser();
    const before = await pool.sdk.send(new AdminGetUserCommand(named(email)));
    await pool.sdk.send(new AdminDeleteUserCommand(named(email)));
    const { UserSub } = await pool.signUp(email);
    expect(UserSub).not.toBe(before.Username);
  });

  test("is told of users and pools that do not exist", async () => {
    for (const Command of [AdminGetUserCommand, AdminDeleteUserCommand, AdminUserGlobalSignOutCommand]) {
      await expect(pool.sdk.send(new Command(named(newEmail())) as AdminGetUserCommand)).rejects.toMatchObject({
        name: "UserNotFoundException",
        message: "User does not exist.",
      });
    }
    await expect(pool.sdk.send(new AdminGetUserCommand(named(newEmail(), "eu-west-1_Unheard00")))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("signs: a key that is unknown, or whose secret is wrong, is refused", async () => {
    const email = await pool.newUser();
    const forged = connect(pool.url, { ...key, secretAccessKey: "guess" });
    const unknown = connect(pool.url, { ...key, accessKeyId: "AKIDNOBODY" });
    await expect(forged.send(new AdminDeleteUserCommand(named(email)))).rejects.toMatchObject({ name: "InvalidSignatureException" });
    await expect(unknown.send(new AdminDeleteUserCommand(named(email)))).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    expect(await pool.statusOf(email)).toBe("CONFIRMED");
  });
});

test("a call that is not here is refused by its name", async () => {
  const refused = (name: string) => ({ name: "UnknownOperationException", message: expect.stringContaining(name) });
  await expect(pool.sdk.send(new ListUsersCommand({ UserPoolId: pool.poolId }))).rejects.toMatchObject(refused("ListUsers"));
  await expect(pool.sdk.send(new ListDevicesCommand({ AccessToken: "x" }))).rejects.toMatchObject(refused("ListDevices"));
});
