import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { codeFor, inbox, newEmail, openClient, type Person, password, signIn, signUp } from "../harness/person.ts";
import { sharedUrl } from "../harness/shared.ts";
import { until } from "../harness/until.ts";

const url = sharedUrl();
const open = openClient(url);
const body = (email: string) => ({ body: { email, password, displayName: "Ada" } });
const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

/** It takes a second; a machine that does other things may need more. A token that nobody ended lives for an hour. */
const soonMs = 20_000;

/** Milliseconds until a token opens nothing any more. */
async function endOf(token: string): Promise<number> {
  const begun = performance.now();
  await until("the end of an access token", async () => {
    const problem = await openClient(url, token)
      .getMe()
      .then(
        () => undefined,
        (error: { status: number }) => error,
      );
    return problem?.status === 401;
  });
  return performance.now() - begun;
}

describe("signing up", () => {
  test("goes from a mailed code to a sign-in, and not before the code is entered", async () => {
    const email = newEmail();
    const { userId, confirmation } = await open.register(body(email));
    expect(confirmation).toBe("email_code");
    await expect(open.login({ body: { email, password } })).rejects.toMatchObject({ status: 403 });
    const code = await codeFor(url, email);
    await expect(open.confirmEmail({ body: { email, code: wrongCode(code) } })).rejects.toMatchObject({ status: 422 });
    await open.confirmEmail({ body: { email, code } });
    const { client } = await signIn(url, email);
    expect(await client.getMe()).toMatchObject({ userId, email, displayName: "Ada", tier: "free", version: 1 });
  });

  test("mails another code on request, and says the same for an address that it does not know", async () => {
    const [email, nobody] = [newEmail(), newEmail()];
    await open.register(body(email));
    await open.resendConfirmation({ body: { email } });
    await open.resendConfirmation({ body: { email: nobody } });
    expect(await inbox(url, email)).toHaveLength(2);
    expect(await inbox(url, nobody)).toEqual([]);
    await open.confirmEmail({ body: { email, code: await codeFor(url, email) } });
  });

  test("answers a known address like a new one, tells its owner, and changes nothing", async () => {
    const { email, userId } = await signUp(url);
    const again = await open.register({ body: { email, password: "Another-1852", displayName: "Eve" } });
    expect({ ...again, userId: "" }).toEqual({ userId: "", confirmation: "email_code" });
    expect(again.userId).not.toBe(userId);
    const [mail] = await inbox(url, email);
    expect(mail?.subject).toContain("already have an Atelier account");
    expect(mail?.code).toBeUndefined();
    await expect(open.login({ body: { email, password: "Another-1852" } })).rejects.toMatchObject({ status: 401 });
    expect((await (await signIn(url, email)).client.getMe()).displayName).toBe("Ada");
  });

  test("says of a code for an unknown address what it says of a wrong one", async () => {
    const known = newEmail();
    await open.register(body(known));
    const code = wrongCode(await codeFor(url, known));
    const told = (email: string) =>
      open.confirmEmail({ body: { email, code } }).then(
        () => undefined,
        ({ problem }) => [problem.status, problem.type, problem.detail],
      );
    expect(await told(newEmail())).toEqual(await told(known));
  });

  test("refuses a weak password with what a strong one needs", async () => {
    await expect(open.register({ body: { email: newEmail(), password: "password", displayName: "Ada" } })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: "#/password", detail: expect.stringContaining("at least 10 characters") }] },
    });
  });

  test("mails one address at most five times an hour, and says when to come back", async () => {
    const email = newEmail();
    await open.register(body(email));
    for (let i = 0; i < 4; i += 1) await open.resendConfirmation({ body: { email } });
    await expect(open.resendConfirmation({ body: { email } })).rejects.toMatchObject({ status: 429 });
    await expect(open.forgotPassword({ body: { email: email.toUpperCase() } })).rejects.toMatchObject({ status: 429 });
    expect(await inbox(url, email)).toHaveLength(5);
  });
});

describe("signing in", () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await signUp(url);
  });

  test("does not tell a wrong password from an unknown address", async () => {
    const told = (email: string) =>
      open.login({ body: { email, password: "Moonrise-1852" } }).then(
        () => undefined,
        ({ problem }) => [problem.status, problem.type, problem.title, problem.detail],
      );
    const [known, unknown] = [await told(ada.email), await told(newEmail())];
    expect(known?.[0]).toBe(401);
    expect(unknown).toEqual(known);
  });

  test("takes the address in any case", async () => {
    expect((await open.login({ body: { email: ada.email.toUpperCase(), password } })).tokenType).toBe("Bearer");
  });

  test("is refused after ten tries at one address, right or wrong", async () => {
    const email = newEmail();
    const tries = await Promise.all(
      Array.from({ length: 12 }, () =>
        open.login({ body: { email, password: randomUUID() } }).then(
          () => 200,
          ({ status }: { status: number }) => status,
        ),
      ),
    );
    expect(tries.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
  });

  test("is renewed by a refresh token once; only who has not got the answer may repeat it, within ten seconds", async () => {
    const { refreshToken } = await signIn(url, ada.email);
    const second = await open.refresh({ body: { refreshToken } });
    const usedUpAt = Date.now() + 10_000;
    expect(second.refreshToken).not.toBe(refreshToken);
    expect((await openClient(url, second.accessToken).getMe()).userId).toBe(ada.userId);
    expect((await open.refresh({ body: { refreshToken } })).tokenType).toBe("Bearer");
    await expect(open.refresh({ body: { refreshToken: "no such token" } })).rejects.toMatchObject({ status: 401 });
    // The pool lives in real time, which no test can turn.
    await until("the end of the grace period", async () => Date.now() > usedUpAt);
    await expect(open.refresh({ body: { refreshToken } })).rejects.toMatchObject({ status: 401 });
    await expect(open.refresh({ body: { refreshToken: second.refreshToken } })).rejects.toMatchObject({ status: 401 });
  });

  test("ends with a sign-out, the access token's within about a second; other sign-ins go on", async () => {
    const [here, there] = [await signIn(url, ada.email), await signIn(url, ada.email)];
    await here.client.getMe();
    await here.client.logout({ body: { refreshToken: here.refreshToken } });
    expect(await endOf(here.token)).toBeLessThan(soonMs);
    await expect(open.refresh({ body: { refreshToken: here.refreshToken } })).rejects.toMatchObject({ status: 401 });
    expect((await there.client.getMe()).userId).toBe(ada.userId);
    expect((await open.refresh({ body: { refreshToken: there.refreshToken } })).tokenType).toBe("Bearer");
  });
});

describe("the password", () => {
  const fresh = "Moonrise-1852";

  test("is changed by who knows the present one, which ends every sign-in within about a second", async () => {
    const { client, email, token } = await signUp(url);
    const thief = await signIn(url, email);
    await thief.client.getMe();
    await expect(client.changePassword({ body: { currentPassword: "Not-this-1900", newPassword: fresh } })).rejects.toMatchObject({
      status: 401,
    });
    await expect(client.changePassword({ body: { currentPassword: password, newPassword: "weak" } })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: "#/newPassword" }] },
    });
    await client.changePassword({ body: { currentPassword: password, newPassword: fresh } });
    await expect(open.login({ body: { email, password } })).rejects.toMatchObject({ status: 401 });
    expect(Math.max(...(await Promise.all([endOf(token), endOf(thief.token)])))).toBeLessThan(soonMs);
    await expect(open.refresh({ body: { refreshToken: thief.refreshToken } })).rejects.toMatchObject({ status: 401 });
    const again = await open.login({ body: { email, password: fresh } });
    expect((await openClient(url, again.accessToken).getMe()).email).toBe(email);
  });

  test("is set anew with a mailed code, which ends every sign-in within about a second", async () => {
    const person = await signUp(url);
    const other = await signIn(url, person.email);
    await Promise.all([person.client.getMe(), other.client.getMe()]);
    await open.forgotPassword({ body: { email: person.email } });
    const code = await codeFor(url, person.email);
    const reset = (given: string, newPassword = fresh) => open.resetPassword({ body: { email: person.email, code: given, newPassword } });
    await expect(reset(wrongCode(code))).rejects.toMatchObject({ status: 422 });
    await expect(reset(code, "weak")).rejects.toMatchObject({ status: 422, problem: { errors: [{ pointer: "#/newPassword" }] } });
    await reset(code);
    const ends = await Promise.all([endOf(person.token), endOf(other.token)]);
    expect(Math.max(...ends)).toBeLessThan(soonMs);
    await expect(open.refresh({ body: { refreshToken: other.refreshToken } })).rejects.toMatchObject({ status: 401 });
    await expect(open.login({ body: { email: person.email, password } })).rejects.toMatchObject({ status: 401 });
    const again = await open.login({ body: { email: person.email, password: fresh } });
    expect((await openClient(url, again.accessToken).getMe()).userId).toBe(person.userId);
    await expect(reset(code)).rejects.toMatchObject({ status: 422 });
  });

  test("of an address that nobody has is asked for in vain, without a word about it", async () => {
    const email = newEmail();
    await open.forgotPassword({ body: { email } });
    expect(await inbox(url, email)).toEqual([]);
    await expect(open.resetPassword({ body: { email, code: "123456", newPassword: fresh } })).rejects.toMatchObject({ status: 422 });
  });
});
