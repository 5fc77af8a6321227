import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  AdminDisableUserCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AuthenticationDetails, CognitoUser, CognitoUserPool, type CognitoUserSession } from "amazon-cognito-identity-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf, newEmail, password, poolSpec, type RunningCognito, startCognito } from "./fixture.ts";

let pool: RunningCognito;
beforeAll(async () => {
  pool = await startCognito();
});
afterAll(() => pool.stop());

const incorrect = { name: "NotAuthorizedException", message: "Incorrect username or password." };

/** Signs in as a browser does: the client computes its half of SRP itself. */
function signInBySrp(email: string, given = password, { at = pool, client = "Srp" } = {}): Promise<CognitoUserSession> {
  const Pool = new CognitoUserPool({ UserPoolId: at.poolId, ClientId: at.clientId(client), endpoint: at.url });
  return new Promise((resolve, reject) =>
    new CognitoUser({ Username: email, Pool }).authenticateUser(new AuthenticationDetails({ Username: email, Password: given }), {
      onSuccess: resolve,
      onFailure: reject,
    }),
  );
}

type Answer = { USERNAME: string; TIMESTAMP: string; PASSWORD_CLAIM_SECRET_BLOCK: string; PASSWORD_CLAIM_SIGNATURE: string };

/** Signs in by the same client, but lets a test see and change its answer to the challenge. */
async function answerOf(email: string, change: (answer: Answer) => Answer = (answer) => answer) {
  const Pool = new CognitoUserPool({ UserPoolId: pool.poolId, ClientId: pool.clientId("Srp"), endpoint: pool.url });
  const user = new CognitoUser({ Username: email, Pool });
  const { client } = user as unknown as { client: { request(operation: string, input: Record<string, unknown>, done: unknown): void } };
  const request = client.request.bind(client);
  let sent: Answer | undefined;
  client.request = (operation, input, done) => {
    if (operation === "RespondToAuthChallenge") {
      sent = change(input.ChallengeResponses as Answer);
      request(operation, { ...input, ChallengeResponses: sent }, done);
    } else request(operation, input, done);
  };
  const signedIn = new Promise<CognitoUserSession>((resolve, reject) =>
    user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), { onSuccess: resolve, onFailure: reject }),
  );
  const [outcome] = await Promise.allSettled([signedIn]);
  return { outcome, sent: sent as Answer };
}

const respond = (ChallengeResponses: Record<string, string>, client = "Srp") =>
  pool.sdk.send(
    new RespondToAuthChallengeCommand({ ClientId: pool.clientId(client), ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses }),
  );

const begin = (USERNAME: string, SRP_A = "2a", client = "Srp") =>
  pool.sdk.send(
    new InitiateAuthCommand({ ClientId: pool.clientId(client), AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME, SRP_A } }),
  );

describe("the browser's client", () => {
  test("signs in without sending the password, by address in any case and by sub", async () => {
    const email = await pool.newUser();
    const session = await signInBySrp(email);
    const { sub } = claimsOf(session.getAccessToken().getJwtToken());
    expect(session.getIdToken().payload).toMatchObject({ email, sub });
    const again = await signInBySrp(email.toUpperCase());
    expect(again.getAccessToken().payload.sub).toBe(sub);
    expect((await signInBySrp(String(sub))).getAccessToken().payload.sub).toBe(sub);
    await pool.sdk.send(new GetUserCommand({ AccessToken: session.getAccessToken().getJwtToken() }));
  });

  test("signs in many times, so with numbers of every length", async () => {
    const email = await pool.newUser();
    for (let n = 0; n < 6; n++) expect((await signInBySrp(email)).isValid()).toBe(true);
  });

  test("is refused alike with a wrong password and for a user who does not exist", async () => {
    await expect(signInBySrp(await pool.newUser(), "Not-the-password-1")).rejects.toMatchObject(incorrect);
    await expect(signInBySrp(newEmail())).rejects.toMatchObject(incorrect);
  });

  test("is told of an unknown user only where its app client allows it", async () => {
    await expect(signInBySrp(newEmail(), password, { client: "SrpTelling" })).rejects.toMatchObject({ name: "UserNotFoundException" });
  });

  test("is told that a user is unconfirmed or disabled only with the right password", async () => {
    const email = newEmail();
    await pool.signUp(email);
    await expect(signInBySrp(email, "Not-the-password-1")).rejects.toMatchObject(incorrect);
    await expect(signInBySrp(email)).rejects.toMatchObject({ name: "UserNotConfirmedException" });
    const disabled = await pool.newUser();
    await pool.sdk.send(new AdminDisableUserCommand({ UserPoolId: pool.poolId, Username: disabled }));
    await expect(signInBySrp(disabled, "Not-the-password-1")).rejects.toMatchObject(incorrect);
    await expect(signInBySrp(disabled)).rejects.toMatchObject({ message: "User is disabled." });
  });

  test("needs the new password once it was changed or reset, and no longer the old", async () => {
    const email = await pool.newUser();
    const { AccessToken } = await pool.signIn(email);
    await pool.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword: password, ProposedPassword: "Another-horse-8" }));
    await signInBySrp(email, "Another-horse-8");
    await expect(signInBySrp(email)).rejects.toMatchObject(incorrect);
    await pool.sdk.send(new ForgotPasswordCommand({ ClientId: pool.clientId(), Username: email }));
    const reset = { ClientId: pool.clientId(), Username: email, ConfirmationCode: pool.lastCode(email), Password: "A-third-horse-9" };
    await pool.sdk.send(new ConfirmForgotPasswordCommand(reset));
    await signInBySrp(email, "A-third-horse-9");
    await expect(signInBySrp(email, "Another-horse-8")).rejects.toMatchObject(incorrect);
  });

  test("counts its wrong passwords together with those of password sign-ins", async () => {
    const email = await pool.newUser();
    for (let n = 0; n < 3; n++) await expect(signInBySrp(email, "Not-the-password-1")).rejects.toMatchObject(incorrect);
    for (let n = 0; n < 2; n++) await expect(pool.signIn(email, { password: "Not-the-password-1" })).rejects.toMatchObject(incorrect);
    await expect(signInBySrp(email)).rejects.toMatchObject({ message: "Password attempts exceeded" });
    pool.clock.turnTo(pool.clock.offsetMs() + 1000);
    await signInBySrp(email);
  });
});

describe("a challenge", () => {
  test("takes one answer: the same again is worthless, whether the first was right or wrong", async () => {
    const email = await pool.newUser();
    const { outcome, sent } = await answerOf(email);
    expect(outcome.status).toBe("fulfilled");
    await expect(respond(sent)).rejects.toMatchObject(incorrect);

    let right: Answer | undefined;
    const tampered = await answerOf(email, (answer) => {
      right = answer;
      return { ...answer, PASSWORD_CLAIM_SIGNATURE: `A${answer.PASSWORD_CLAIM_SIGNATURE.slice(1, -2)}A=` };
    });
    expect(tampered.outcome).toMatchObject({ status: "rejected", reason: incorrect });
    await expect(respond({ ...(right as Answer) })).rejects.toMatchObject(incorrect);
  });

  test.each<[string, (answer: Answer) => Answer]>([
    ["another signature", (answer) => ({ ...answer, PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32, 7).toString("base64") })],
    ["another user's name", (answer) => ({ ...answer, USERNAME: "11111111-1111-4111-8111-111111111111" })],
    ["a secret block that was made up", (answer) => ({ ...answer, PASSWORD_CLAIM_SECRET_BLOCK: Buffer.alloc(48, 7).toString("base64") })],
    ["a timestamp that was not signed", (answer) => ({ ...answer, TIMESTAMP: stamp(Date.now() - 60_000) })],
  ])("with %s is refused", async (_what, change) => {
    expect((await answerOf(await pool.newUser(), change)).outcome).toMatchObject({ status: "rejected", reason: incorrect });
  });

  test("with a timestamp that is old, or none, is refused", async () => {
    const email = await pool.newUser();
    const old = await answerOf(email, (answer) => ({ ...answer, TIMESTAMP: stamp(Date.now() - 10 * 60_000) }));
    expect(old.outcome).toMatchObject({ reason: { name: "NotAuthorizedException", message: "The timestamp is not current." } });
    const senseless = await answerOf(email, (answer) => ({ ...answer, TIMESTAMP: new Date().toISOString() }));
    expect(senseless.outcome).toMatchObject({ reason: { name: "InvalidParameterException" } });
  });

  test("is over after three minutes", async () => {
    const { outcome } = await answerOf(await pool.newUser(), (answer) => {
      pool.clock.turnTo(pool.clock.offsetMs() + 3 * 60_000);
      return answer;
    });
    expect(outcome).toMatchObject({ status: "rejected", reason: incorrect });
  });

  test("of one app client is not another's to answer", async () => {
    const { sent } = await answerOf(await pool.newUser(), (answer) => ({ ...answer, PASSWORD_CLAIM_SECRET_BLOCK: "" }));
    const { ChallengeParameters } = await begin(await pool.newUser());
    const foreign = {
      ...sent,
      PASSWORD_CLAIM_SECRET_BLOCK: ChallengeParameters?.SECRET_BLOCK ?? "",
      USERNAME: ChallengeParameters?.USERNAME ?? "",
    };
    await expect(respond(foreign, "SrpTelling")).rejects.toMatchObject(incorrect);
  });

  test("is refused for a public value with which anybody would know the key", async () => {
    const email = await pool.newUser();
    for (const value of ["0", "00", "zz"]) await expect(begin(email, value)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("looks the same for a stranger as for a user, and the same each time it is asked for", async () => {
    const [email, stranger] = [await pool.newUser(), newEmail()];
    const shape = async (name: string) => (await begin(name)).ChallengeParameters ?? {};
    const [user, nobody] = [await shape(email), await shape(stranger)];
    expect(Object.keys(nobody)).toEqual(Object.keys(user));
    expect(nobody.USER_ID_FOR_SRP).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const [name, first] of [[email, user] as const, [stranger, nobody] as const]) {
      const { SALT, USER_ID_FOR_SRP, SRP_B } = await shape(name.toUpperCase());
      expect({ SALT, USER_ID_FOR_SRP }).toEqual({ SALT: first.SALT, USER_ID_FOR_SRP: first.USER_ID_FOR_SRP });
      expect(SRP_B).not.toBe(first.SRP_B);
    }
  });
});

describe("verifiers", () => {
  const withoutSrp = { ...poolSpec, clients: poolSpec.clients.filter(({ logicalId }) => !logicalId.startsWith("Srp")) };
  const verifiers = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare("SELECT verifier FROM users").all();
    database.close();
    return rows.map((row) => row.verifier);
  };

  test("are kept only where a client uses them; who signed up before gets one with the next password sign-in", async () => {
    const folder = mkdtempSync(join(tmpdir(), "srp-"));
    const file = join(folder, "pool.sqlite");
    const before = await startCognito({ file, spec: withoutSrp });
    const email = await before.newUser();
    await before.stop();
    expect(verifiers(file)).toEqual([null]);

    const after = await startCognito({ file });
    try {
      await expect(signInBySrp(email, password, { at: after })).rejects.toMatchObject(incorrect);
      await after.signIn(email);
      expect(verifiers(file)).toEqual([expect.stringMatching(/^[0-9a-f]{1,32}\.[0-9a-f]{700,768}$/)]);
      expect((await signInBySrp(email, password, { at: after })).isValid()).toBe(true);
    } finally {
      await after.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** As the client writes it: `Sat Nov 21 3:04:05 UTC 2026`. */
function stamp(at: number): string {
  const [day, date, month, year, time] = new Date(at).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
}
