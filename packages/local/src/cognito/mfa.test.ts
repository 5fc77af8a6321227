import {
  AdminGetUserCommand,
  AssociateSoftwareTokenCommand,
  ChangePasswordCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationDetails, CognitoUser, CognitoUserPool, type CognitoUserSession } from "amazon-cognito-identity-js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { claimsOf, newEmail, password, poolSpec, type RunningCognito, startCognito } from "./fixture.ts";
import { codeOf, stepAt, stepOf } from "./totp.ts";

let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());
// A step that ends in the midst of a test would make its oldest codes too old.
beforeEach(() => vi.waitFor(() => expect(Date.now() % 30_000).toBeLessThan(25_000), { timeout: 10_000 }));

/** The code that a telephone shows; `off` steps of 30 s later than now. */
const shown = (secret: string, off = 0): string => codeOf(secret, stepAt(Date.now()) + off);

const associate = async (AccessToken: string) => {
  const { SecretCode = "" } = await pool.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }));
  return SecretCode;
};
const verify = (AccessToken: string, UserCode: string) =>
  pool.sdk.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode, FriendlyDeviceName: "Ada's phone" }));
const prefer = (AccessToken: string, Enabled: boolean, PreferredMfa = Enabled) =>
  pool.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings: { Enabled, PreferredMfa } }));

/** A user with a second factor whose codes up to the step before last are used up, so that the tolerated ones are all fresh. */
async function protectedUser() {
  const email = await pool.newUser();
  const { AccessToken } = await pool.signIn(email);
  const secret = await associate(AccessToken);
  await verify(AccessToken, shown(secret, -1));
  await prefer(AccessToken, true);
  return { email, secret, AccessToken, sub: String(claimsOf(AccessToken).sub) };
}

const begin = (email: string, client = "Web") =>
  pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.clientId(client),
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
const answer = (Session: string | undefined, USERNAME: string, code: string, client = "Web") =>
  pool.sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId: pool.clientId(client),
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session,
      ChallengeResponses: { USERNAME, SOFTWARE_TOKEN_MFA_CODE: code },
    }),
  );

const mismatch = { name: "CodeMismatchException", message: "Invalid code received for user" };
const stale = { name: "NotAuthorizedException", message: "Invalid session for the user." };
const used = { name: "ExpiredCodeException", message: "Your software token has already been used once." };
/** No code of any step near now. */
const wrong = (secret: string): string =>
  ["000000", "111111", "222222", "333333"].find((code) => stepOf(secret, code, Date.now()) === undefined) ?? "";

test("codes are those of RFC 6238, appendix B", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  expect([59, 1_111_111_109, 1_234_567_890, 20_000_000_000].map((seconds) => codeOf(secret, stepAt(seconds * 1000)))).toEqual([
    "287082",
    "081804",
    "005924",
    "353130",
  ]);
});

describe("setting up", () => {
  test("a token counts only once a code has shown that it works", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    await expect(verify(AccessToken, "123456")).rejects.toMatchObject({ name: "SoftwareTokenMFANotFoundException" });
    const secret = await associate(AccessToken);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    await expect(prefer(AccessToken, true)).rejects.toMatchObject({ message: "User has not verified software token mfa" });
    await expect(verify(AccessToken, wrong(secret))).rejects.toMatchObject({ name: "EnableSoftwareTokenMFAException" });
    expect(await verify(AccessToken, shown(secret))).toMatchObject({ Status: "SUCCESS" });
    await pool.signIn(email);
    await prefer(AccessToken, true);
    expect(await begin(email)).toMatchObject({ ChallengeName: "SOFTWARE_TOKEN_MFA" });
  });

  test("tells the user and administrators what is set, and the password alone suffices again once it is given up", async () => {
    const { email, AccessToken } = await protectedUser();
    const set = { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"], PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" };
    expect(await pool.sdk.send(new GetUserCommand({ AccessToken }))).toMatchObject(set);
    expect(await pool.sdk.send(new AdminGetUserCommand({ UserPoolId: pool.poolId, Username: email }))).toMatchObject(set);
    await prefer(AccessToken, false);
    expect((await pool.sdk.send(new GetUserCommand({ AccessToken }))).UserMFASettingList).toBeUndefined();
    expect((await pool.signIn(email)).AccessToken).not.toBe("");
  });

  test("another telephone takes over only once it has shown a code", async () => {
    const { email, secret, AccessToken } = await protectedUser();
    const next = await associate(AccessToken);
    const { Session } = await begin(email);
    await expect(answer(Session, email, shown(next))).rejects.toMatchObject(mismatch);
    expect(await answer(Session, email, shown(secret))).toMatchObject({ AuthenticationResult: { TokenType: "Bearer" } });
    await verify(AccessToken, shown(next));
    const again = await begin(email);
    expect(again.ChallengeParameters).toMatchObject({ FRIENDLY_DEVICE_NAME: "Ada's phone" });
    await expect(answer(again.Session, email, shown(secret, 1))).rejects.toMatchObject(mismatch);
    expect(await answer(again.Session, email, shown(next, 1))).toMatchObject({ AuthenticationResult: { TokenType: "Bearer" } });
  });

  test("other factors, a pool without any, and preferring what is off are refused", async () => {
    const { AccessToken } = await pool.signIn(await pool.newUser());
    await expect(pool.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, SMSMfaSettings: { Enabled: true } }))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(prefer(AccessToken, false, true)).rejects.toMatchObject({ name: "InvalidParameterException" });
    pool.cognito.definePool({ ...poolSpec, mfa: "OFF" });
    try {
      await expect(associate(AccessToken)).rejects.toMatchObject({ name: "SoftwareTokenMFANotFoundException" });
    } finally {
      pool.cognito.definePool(poolSpec);
    }
  });
});

describe("signing in with a second factor", () => {
  test("the password gives a session and no tokens, the code gives the tokens", async () => {
    const { email, secret, sub } = await protectedUser();
    const first = await begin(email);
    expect(first.AuthenticationResult).toBeUndefined();
    expect(first).toMatchObject({ ChallengeName: "SOFTWARE_TOKEN_MFA", ChallengeParameters: { USER_ID_FOR_SRP: sub } });
    const { AuthenticationResult } = await answer(first.Session, email, shown(secret));
    expect(claimsOf(AuthenticationResult?.AccessToken ?? "").sub).toBe(sub);
    await expect(answer(first.Session, email, shown(secret, 1))).rejects.toMatchObject(stale);
  });

  test("the browser's client does it by SRP", async () => {
    const { email, secret, sub } = await protectedUser();
    const Pool = new CognitoUserPool({ UserPoolId: pool.poolId, ClientId: pool.clientId("Srp"), endpoint: pool.url });
    const user = new CognitoUser({ Username: email, Pool });
    const session = await new Promise<CognitoUserSession>((resolve, reject) => {
      const done = { onSuccess: resolve, onFailure: reject };
      user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
        ...done,
        totpRequired: () => user.sendMFACode(shown(secret), done, "SOFTWARE_TOKEN_MFA"),
      });
    });
    expect(session.getAccessToken().payload.sub).toBe(sub);
  });

  test("a code is good one step early and one late, and no further", async () => {
    for (const off of [-1, 0, 1])
      expect(stepOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", codeOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1000 + off), 30_000_000)).toBe(
        1000 + off,
      );
    const { email, secret } = await protectedUser();
    const { Session } = await begin(email);
    for (const off of [-2, 2]) await expect(answer(Session, email, shown(secret, off))).rejects.toMatchObject(mismatch);
    expect(await answer(Session, email, shown(secret, 1))).toMatchObject({ AuthenticationResult: { TokenType: "Bearer" } });
  });

  test("a code works once, in whatever session, and those before it no more", async () => {
    const { email, secret } = await protectedUser();
    const code = shown(secret);
    await answer((await begin(email)).Session, email, code);
    const { Session } = await begin(email);
    await expect(answer(Session, email, code)).rejects.toMatchObject(used);
    await expect(answer(Session, email, shown(secret, -1))).rejects.toMatchObject(used);
    await answer(Session, email, shown(secret, 1));
  });

  test("of ten answers at once with the right code one is let in", async () => {
    const { email, secret } = await protectedUser();
    const { Session } = await begin(email);
    const code = shown(secret);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => answer(Session, email, code)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("the code that set the token up does not sign in", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    const secret = await associate(AccessToken);
    const code = shown(secret);
    await verify(AccessToken, code);
    await prefer(AccessToken, true);
    await expect(answer((await begin(email)).Session, email, code)).rejects.toMatchObject(used);
  });

  test("after five wrong codes the user waits, whatever the session, and the wait grows", async () => {
    const { email, secret } = await protectedUser();
    for (let n = 0; n < 5; n++) await expect(answer((await begin(email)).Session, email, wrong(secret))).rejects.toMatchObject(mismatch);
    const { Session } = await begin(email);
    const limited = { name: "NotAuthorizedException", message: "Attempt limit exceeded, please try after some time." };
    await expect(answer(Session, email, shown(secret))).rejects.toMatchObject(limited);
    pool.clock.turnTo(pool.clock.offsetMs() + 1_000);
    await expect(answer(Session, email, wrong(secret))).rejects.toMatchObject(mismatch);
    pool.clock.turnTo(pool.clock.offsetMs() + 1_000);
    await expect(answer(Session, email, shown(secret))).rejects.toMatchObject(limited);
    pool.clock.turnTo(pool.clock.offsetMs() + 1_000);
    await answer(Session, email, shown(secret));
  });
});

describe("a session between password and code", () => {
  test.each<[string, (user: Awaited<ReturnType<typeof protectedUser>>, session: string) => Promise<unknown>]>([
    ["is over after three minutes", async () => pool.clock.turnTo(pool.clock.offsetMs() + 3 * 60_000)],
    ["ends with a global sign-out", ({ AccessToken }) => pool.sdk.send(new GlobalSignOutCommand({ AccessToken }))],
    [
      "ends when the password is changed",
      ({ AccessToken }) =>
        pool.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword: password, ProposedPassword: "Another-horse-8" })),
    ],
  ])("%s", async (_what, happen) => {
    const user = await protectedUser();
    const { Session = "" } = await begin(user.email);
    await happen(user, Session);
    await expect(answer(Session, user.email, shown(user.secret))).rejects.toMatchObject(stale);
  });

  test("is its user's and its app client's own, and cannot be made up", async () => {
    const [ada, eve] = [await protectedUser(), await protectedUser()];
    const { Session } = await begin(ada.email);
    await expect(answer(Session, eve.email, shown(eve.secret))).rejects.toMatchObject(stale);
    await expect(answer(Session, newEmail(), shown(ada.secret))).rejects.toMatchObject(stale);
    await expect(answer(Session, ada.email, shown(ada.secret), "Telling")).rejects.toMatchObject(stale);
    await expect(answer(Buffer.alloc(48, 7).toString("base64"), ada.email, shown(ada.secret))).rejects.toMatchObject(stale);
    await answer(Session, ada.email, shown(ada.secret));
  });
});
