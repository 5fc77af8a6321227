import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newEmail, password, type RunningCognito, startCognito } from "./fixture.ts";

const hourMs = 60 * 60 * 1000;
let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());

const newPassword = "Another-horse-8";
const forgot = (email: string, client = "Web") =>
  pool.sdk.send(new ForgotPasswordCommand({ ClientId: pool.clientId(client), Username: email }));
const reset = (email: string, code: string, Password = newPassword, client = "Web") =>
  pool.sdk.send(new ConfirmForgotPasswordCommand({ ClientId: pool.clientId(client), Username: email, ConfirmationCode: code, Password }));
const wrong = (code: string) => (code === "000000" ? "000001" : "000000");
const mismatch = { name: "CodeMismatchException" };

test("a mailed code sets a new password, once", async () => {
  const email = await pool.newUser();
  const { CodeDeliveryDetails } = await forgot(email.toUpperCase());
  expect(CodeDeliveryDetails).toMatchObject({ DeliveryMedium: "EMAIL", Destination: `${email[0]}***@e***` });
  const code = pool.lastCode(email);
  await reset(email, code);
  await pool.signIn(email, { password: newPassword });
  await expect(pool.signIn(email)).rejects.toMatchObject({ message: "Incorrect username or password." });
  await expect(reset(email, code, password)).rejects.toMatchObject({ name: "ExpiredCodeException" });
});

test("of two uses of a code at once, one sets its password", async () => {
  const email = await pool.newUser();
  await forgot(email);
  const passwords = ["First-of-two-1", "Second-of-two-2"];
  const outcomes = await Promise.allSettled(passwords.map((candidate) => reset(email, pool.lastCode(email), candidate)));
  const winner = passwords[outcomes.findIndex(({ status }) => status === "fulfilled")];
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await pool.signIn(email, { password: winner ?? "" });
});

test("a password that the policy refuses does not use the code up", async () => {
  const email = await pool.newUser();
  await forgot(email);
  await expect(reset(email, pool.lastCode(email), "short")).rejects.toMatchObject({ name: "InvalidPasswordException" });
  await reset(email, pool.lastCode(email));
});

test("a code is good for an hour", async () => {
  const email = await pool.newUser();
  await forgot(email);
  pool.clock.turnTo(pool.clock.offsetMs() + hourMs);
  await expect(reset(email, pool.lastCode(email))).rejects.toMatchObject({ name: "ExpiredCodeException" });
});

test("a sign-up code is no reset code", async () => {
  const email = newEmail();
  await pool.signUp(email);
  await expect(reset(email, pool.lastCode(email))).rejects.toMatchObject({ name: "ExpiredCodeException" });
});

test("five wrong guesses spoil a code, and five codes an hour are all", async () => {
  const email = await pool.newUser();
  await forgot(email);
  const code = pool.lastCode(email);
  for (let n = 0; n < 5; n++) await expect(reset(email, wrong(code))).rejects.toMatchObject(mismatch);
  await expect(reset(email, code)).rejects.toMatchObject({ name: "LimitExceededException" });
  for (let n = 0; n < 4; n++) await forgot(email);
  await expect(forgot(email)).rejects.toMatchObject({ name: "LimitExceededException" });
  pool.clock.turnTo(pool.clock.offsetMs() + hourMs);
  await forgot(email);
  await reset(email, pool.lastCode(email));
});

test.each([
  ["who does not exist", async () => newEmail()],
  [
    "whose address is not verified",
    async () => {
      const email = newEmail();
      await pool.signUp(email);
      return email;
    },
  ],
  [
    "who is disabled",
    async () => {
      const email = await pool.newUser();
      await pool.sdk.send(new AdminDisableUserCommand({ UserPoolId: pool.poolId, Username: email }));
      return email;
    },
  ],
])("a user %s gets the answers of any other, and no mail", async (_who, make) => {
  const email = await make();
  const mailed = pool.mails.length;
  expect((await forgot(email)).CodeDeliveryDetails).toEqual({
    AttributeName: "email",
    DeliveryMedium: "EMAIL",
    Destination: `${email[0]}***@e***`,
  });
  expect(pool.mails).toHaveLength(mailed);
  for (let n = 0; n < 5; n++) await expect(reset(email, String(100_000 + n))).rejects.toMatchObject(mismatch);
  await expect(reset(email, "100000")).rejects.toMatchObject({ name: "LimitExceededException" });
  for (let n = 0; n < 4; n++) await forgot(email);
  await expect(forgot(email)).rejects.toMatchObject({ name: "LimitExceededException" });
});

test("a code asked for in time does not help a user who was disabled since", async () => {
  const email = await pool.newUser();
  const named = { UserPoolId: pool.poolId, Username: email };
  await forgot(email);
  await pool.sdk.send(new AdminDisableUserCommand(named));
  await expect(reset(email, pool.lastCode(email))).rejects.toMatchObject(mismatch);
  await pool.sdk.send(new AdminEnableUserCommand(named));
  await pool.signIn(email);
});

test("where the client may tell, each gets the reason", async () => {
  await expect(forgot(newEmail(), "Telling")).rejects.toMatchObject({ name: "UserNotFoundException" });
  await expect(reset(newEmail(), "123456", newPassword, "Telling")).rejects.toMatchObject({ name: "UserNotFoundException" });

  const unverified = newEmail();
  await pool.signUp(unverified);
  await expect(forgot(unverified, "Telling")).rejects.toMatchObject({ name: "InvalidParameterException" });

  const disabled = await pool.newUser();
  await pool.sdk.send(new AdminDisableUserCommand({ UserPoolId: pool.poolId, Username: disabled }));
  await expect(forgot(disabled, "Telling")).rejects.toMatchObject({ name: "NotAuthorizedException", message: "User is disabled." });
});
