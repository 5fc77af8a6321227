import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  ConfirmSignUpCommand,
  ResendConfirmationCodeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newEmail, password, poolSpec, type RunningCognito, startCognito } from "./fixture.ts";

const hourMs = 60 * 60 * 1000;
let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());

const confirm = (email: string, code: string, client = "Web") =>
  pool.sdk.send(new ConfirmSignUpCommand({ ClientId: pool.clientId(client), Username: email, ConfirmationCode: code }));
const resend = (email: string, client = "Web") =>
  pool.sdk.send(new ResendConfirmationCodeCommand({ ClientId: pool.clientId(client), Username: email }));
/** Six digits that are not the code. */
const wrong = (code: string) => (code === "000000" ? "000001" : "000000");

describe("signing up", () => {
  test("answers with the sub and a masked address, and mails a code of six digits", async () => {
    const email = newEmail();
    const answer = await pool.signUp(email);
    expect(answer).toMatchObject({
      UserConfirmed: false,
      UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: `${email[0]}***@e***` },
    });
    const mail = pool.mails.at(-1);
    expect(mail).toMatchObject({ to: email, code: expect.stringMatching(/^\d{6}$/) });
    expect(mail?.text).toContain(mail?.code);
  });

  test("ten times at once with one address makes one user", async () => {
    const email = newEmail();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => pool.signUp(n % 2 ? email : email.toUpperCase(), { UserAttributes: [] })),
    );
    const names = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "made" : outcome.reason.name));
    expect(names.sort()).toEqual([...Array(9).fill("UsernameExistsException"), "made"]);
    expect(pool.mails.filter((mail) => mail.to.toLowerCase() === email)).toHaveLength(1);
  });

  test("refuses an address that is taken in another case, confirmed or not", async () => {
    const email = newEmail();
    await pool.signUp(email);
    const refused = { name: "UsernameExistsException", message: "An account with the given email already exists." };
    await expect(pool.signUp(email.toUpperCase())).rejects.toMatchObject(refused);
    await confirm(email, pool.lastCode(email));
    await expect(pool.signUp(email.toUpperCase())).rejects.toMatchObject(refused);
  });

  test.each([
    ["Short-7", "Password not long enough"],
    ["no-uppercase-7", "Password must have uppercase characters"],
    ["NO-LOWERCASE-7", "Password must have lowercase characters"],
    ["No-numbers-here", "Password must have numeric characters"],
    ["NoSymbols1234", "Password must have symbol characters"],
  ])("refuses the password %s: %s", async (bad, reason) => {
    const email = newEmail();
    await expect(pool.signUp(email, { password: bad })).rejects.toMatchObject({
      name: "InvalidPasswordException",
      message: `Password did not conform with policy: ${reason}`,
    });
    await expect(pool.statusOf(email)).rejects.toMatchObject({ name: "UserNotFoundException" });
  });

  test.each([" Leading-space-7", "Trailing-space-7 ", `${"Aa1-".repeat(64)}x`])("no policy allows the password “%s”", async (bad) => {
    await expect(pool.signUp(newEmail(), { password: bad })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test.each(["plain", "@example.com", "a@b", "a b@example.com", "a@example.com\r\nBcc: b@example.com", `${"a".repeat(65)}@example.com`])(
    "refuses “%s” as an address",
    async (name) => {
      await expect(pool.signUp(name, { UserAttributes: [] })).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Username should be an email.",
      });
    },
  );

  test.each([
    ["email_verified", "NotAuthorizedException"],
    ["sub", "NotAuthorizedException"],
    ["custom:role", "InvalidParameterException"],
    ["nonsense", "InvalidParameterException"],
  ])("does not let the caller write the attribute %s", async (Name, name) => {
    await expect(pool.signUp(newEmail(), { UserAttributes: [{ Name, Value: "true" }] })).rejects.toMatchObject({ name });
  });

  test("does not let the email attribute differ from the user name", async () => {
    const UserAttributes = [{ Name: "email", Value: newEmail() }];
    await expect(pool.signUp(newEmail(), { UserAttributes })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("tells when the code could not be mailed, and keeps the user, who may ask for another", async () => {
    const email = newEmail();
    pool.post.fails = true;
    try {
      await expect(pool.signUp(email)).rejects.toMatchObject({ name: "CodeDeliveryFailureException" });
    } finally {
      pool.post.fails = false;
    }
    await resend(email);
    await confirm(email, pool.lastCode(email));
    expect(await pool.statusOf(email)).toBe("CONFIRMED");
  });

  test("mails nothing where the pool does not verify addresses", async () => {
    const silent = await startCognito({ spec: { ...poolSpec, autoVerifyEmail: false } });
    try {
      const email = newEmail();
      expect((await silent.signUp(email)).CodeDeliveryDetails).toBeUndefined();
      expect(silent.mails).toEqual([]);
      await expect(
        silent.sdk.send(new ResendConfirmationCodeCommand({ ClientId: silent.clientId(), Username: email })),
      ).rejects.toMatchObject({ name: "InvalidParameterException", message: "Auto verification not turned on." });
    } finally {
      await silent.stop();
    }
  });

  test("refuses a client that does not exist, and a secret hash where there is no secret", async () => {
    const command = { Username: newEmail(), ConfirmationCode: "123456" };
    await expect(pool.sdk.send(new ConfirmSignUpCommand({ ...command, ClientId: "nobody" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "User pool client nobody does not exist.",
    });
    await expect(
      pool.sdk.send(new ConfirmSignUpCommand({ ...command, ClientId: pool.clientId(), SecretHash: "aGFzaA==" })),
    ).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });
});

describe("confirming", () => {
  test("works once, with the right code, in any case of the address", async () => {
    const email = newEmail();
    await pool.signUp(email);
    const code = pool.lastCode(email);
    await expect(confirm(email, wrong(code))).rejects.toMatchObject({
      name: "CodeMismatchException",
      message: "Invalid verification code provided, please try again.",
    });
    expect(await pool.statusOf(email)).toBe("UNCONFIRMED");
    await confirm(email.toUpperCase(), code);
    expect(await pool.statusOf(email)).toBe("CONFIRMED");
    await expect(confirm(email, code)).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "User cannot be confirmed. Current status is CONFIRMED",
    });
  });

  test("takes a code for 24 hours and no longer", async () => {
    const [early, late] = [newEmail(), newEmail()];
    await pool.signUp(early);
    await pool.signUp(late);
    const before = pool.clock.offsetMs();
    pool.clock.turnTo(before + 24 * hourMs - 60_000);
    await confirm(early, pool.lastCode(early));
    pool.clock.turnTo(before + 24 * hourMs + 1000);
    await expect(confirm(late, pool.lastCode(late))).rejects.toMatchObject({
      name: "ExpiredCodeException",
      message: "Invalid code provided, please request a code again.",
    });
    await resend(late);
    await confirm(late, pool.lastCode(late));
  });

  test("takes five wrong guesses a code; then even the right one is refused until a new one is sent", async () => {
    const email = newEmail();
    await pool.signUp(email);
    const code = pool.lastCode(email);
    for (let n = 0; n < 5; n++) await expect(confirm(email, wrong(code))).rejects.toMatchObject({ name: "CodeMismatchException" });
    await expect(confirm(email, code)).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Attempt limit exceeded, please try after some time.",
    });
    await resend(email);
    await confirm(email, pool.lastCode(email));
  });

  test("a code sent again replaces the one before, and after five in an hour there are no more", async () => {
    const email = newEmail();
    await pool.signUp(email);
    const first = pool.lastCode(email);
    for (let n = 0; n < 4; n++) await resend(email);
    await expect(resend(email)).rejects.toMatchObject({ name: "LimitExceededException" });
    const last = pool.lastCode(email);
    if (first !== last) await expect(confirm(email, first)).rejects.toMatchObject({ name: "CodeMismatchException" });
    pool.clock.turnTo(pool.clock.offsetMs() + hourMs + 1000);
    await resend(email);
    await confirm(email, pool.lastCode(email));
    await expect(resend(email)).rejects.toMatchObject({ name: "InvalidParameterException", message: "User is already confirmed." });
  });

  test("a stranger looks like a user where the client prevents telling, also in what is limited", async () => {
    const stranger = newEmail();
    await expect(confirm(stranger, "123456")).rejects.toMatchObject({ name: "ExpiredCodeException" });
    const answer = await resend(stranger);
    expect(answer.CodeDeliveryDetails).toMatchObject({ Destination: `${stranger[0]}***@e***` });
    expect(pool.mails.some((mail) => mail.to === stranger)).toBe(false);
    await expect(confirm(stranger, "123456")).rejects.toMatchObject({ name: "CodeMismatchException" });
    for (let n = 0; n < 4; n++) await resend(stranger);
    await expect(resend(stranger)).rejects.toMatchObject({ name: "LimitExceededException" });
  });

  test("a stranger is told where the client does not prevent it", async () => {
    const refused = { name: "UserNotFoundException", message: "Username/client id combination not found." };
    await expect(confirm(newEmail(), "123456", "Telling")).rejects.toMatchObject(refused);
    await expect(resend(newEmail(), "Telling")).rejects.toMatchObject(refused);
  });

  test("a disabled user is neither confirmed nor mailed", async () => {
    const email = newEmail();
    await pool.signUp(email);
    await pool.sdk.send(new AdminDisableUserCommand({ UserPoolId: pool.poolId, Username: email }));
    await expect(confirm(email, pool.lastCode(email))).rejects.toMatchObject({ name: "NotAuthorizedException" });
    const mailed = pool.mails.length;
    await resend(email);
    expect(pool.mails).toHaveLength(mailed);
  });

  test("a deleted user's code does not confirm whoever takes the address next", async () => {
    const email = newEmail();
    await pool.signUp(email);
    const code = pool.lastCode(email);
    await pool.sdk.send(new AdminDeleteUserCommand({ UserPoolId: pool.poolId, Username: email }));
    await expect(confirm(email, code)).rejects.toMatchObject({ name: "ExpiredCodeException" });
    await pool.signUp(email, { password: `${password}-2` });
    if (pool.lastCode(email) !== code) await expect(confirm(email, code)).rejects.toMatchObject({ name: "CodeMismatchException" });
  });
});
