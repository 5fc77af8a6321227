import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Gate, Passage, Window } from "../gate/index.ts";
import { Problem } from "../kernel/index.ts";
import { passwordRule } from "./pool.cognito.ts";
import type { Mailer, Tokens, UserPool } from "./pool.ts";
import { identityProblems } from "./problems.ts";

export type SignInDeps = { pool: UserPool; mailer: Mailer; gate: Gate; publicUrl: string };
export type { Passage };

/** Mails to one address, whoever asks for them: enough to try again, too few to annoy. */
const mailWindow: Window = { name: "mail", quota: 5, seconds: 3_600 };
/** Tries at one address' password or code, from wherever: a six-digit code cannot be guessed at this pace. */
const attemptWindow: Window = { name: "attempts", quota: 10, seconds: 900 };

/** Rows of the gate hold no email in the clear. */
const addressKey = (email: string): string => `address/${createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 32)}`;
const mails = (email: string) => `${addressKey(email)}/mail`;
const attempts = (email: string) => `${addressKey(email)}/attempts`;

/**
 * A known email gets the same answer as a new one, so that nobody can ask who is here; its owner is told by mail.
 * Limits count before it is known which of the two it is, so they do not tell either.
 */
export async function register(
  { pool, mailer, gate, publicUrl }: SignInDeps,
  { email, password, displayName }: { email: string; password: string; displayName: string },
): Promise<{ userId: string; confirmation: "email_code" }> {
  if (!isStrong(password))
    throw new Problem(identityProblems.weakPassword, passwordRule, { errors: [{ pointer: "#/password", detail: passwordRule }] });
  await gate.pass(mails(email), [mailWindow]);
  const made = await pool.signUp(email, password, displayName);
  if (!made) {
    await mailer.send({
      to: email,
      subject: "You already have an Atelier account",
      text: [
        "Somebody, perhaps you, tried to sign up to Atelier with this address. It already has an account, so nothing has changed.",
        "",
        `Sign in at ${publicUrl}, or ask there for a new password if you have forgotten yours.`,
        "If you never finished signing up, ask there for a new confirmation code.",
      ].join("\n"),
    });
  }
  return { userId: made?.userId ?? randomUUID(), confirmation: "email_code" };
}

/** The pool's own policy, asked before a mail is counted that would never be sent. */
const isStrong = (password: string): boolean => password.length >= 10 && [/[a-z]/, /[A-Z]/, /\d/].every((needed) => needed.test(password));

export async function confirm({ pool, gate }: SignInDeps, { email, code }: { email: string; code: string }): Promise<void> {
  await gate.pass(attempts(email), [attemptWindow]);
  await pool.confirm(email, code).catch(sameForUnknown);
}

export async function resendConfirmation({ pool, gate }: SignInDeps, { email }: { email: string }): Promise<void> {
  await gate.pass(mails(email), [mailWindow]);
  await pool.resendConfirmation(email);
}

export async function signIn({ pool, gate }: SignInDeps, { email, password }: { email: string; password: string }): Promise<Tokens> {
  await gate.pass(attempts(email), [attemptWindow]);
  return pool.signIn(email, password);
}

export async function forgotPassword({ pool, gate }: SignInDeps, { email }: { email: string }): Promise<void> {
  await gate.pass(mails(email), [mailWindow]);
  await pool.forgotPassword(email);
}

/** A new password ends every sign-in, also those of whoever knew the old one. */
export async function resetPassword(
  { pool, gate }: SignInDeps,
  { email, code, newPassword }: { email: string; code: string; newPassword: string },
): Promise<void> {
  await gate.pass(attempts(email), [attemptWindow]);
  await pool.resetPassword(email, code, newPassword).catch(sameForUnknown);
  const person = await pool.signOutEverywhere(email);
  if (person) await endAccess(gate, person.userId);
}

/** It ends every sign-in, this one too: who changes a password because somebody else knows it wants them out. */
export async function changePassword(
  { pool, gate }: SignInDeps,
  { userId, accessToken }: { userId: string; accessToken: string },
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<void> {
  // What can fail without harm comes first: once the password is another, this cannot be repeated.
  const { email } = await pool.whoIs(accessToken);
  await pool.changePassword(accessToken, currentPassword, newPassword);
  await pool.signOutEverywhere(email);
  await endAccess(gate, userId);
}

/** Access tokens are dated in real seconds, by the pool. */
const tokenTime = (): number => Math.floor(Date.now() / 1000);

/**
 * Ends a sign-in: its refresh tokens at once, its access tokens within a second, everywhere. Which sign-in it is, the access token tells, or,
 * where none was sent, the refresh token's next one.
 */
export async function signOut(
  { pool, gate }: SignInDeps,
  refreshToken: string,
  access?: { userId: string; signIn: string },
): Promise<void> {
  const next = access ? undefined : await pool.refresh(refreshToken).catch(() => undefined);
  await pool.revoke(next?.refreshToken ?? refreshToken);
  const ended = access ?? (next && signInOf(next.accessToken));
  if (!ended) return;
  await gate.revoke(callerOf(ended.userId), ended.signIn, tokenTime());
  gate.forget(callerOf(ended.userId));
}

/** Claims of a token that the pool itself has just given; nothing that came from outside is read like this. */
function signInOf(accessToken: string): { userId: string; signIn: string } {
  const claims = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    sub: string;
    origin_jti: string;
  };
  return { userId: claims.sub, signIn: claims.origin_jti };
}

/**
 * Ends every access token that was made until now. They are dated in whole seconds: this waits for the next one to begin, so that those of this second end
 * too, and those of the next sign-in do not.
 */
async function endAccess(gate: Gate, userId: string): Promise<void> {
  const validFrom = tokenTime() + 1;
  await gate.revokeAll(callerOf(userId), validFrom);
  gate.forget(callerOf(userId));
  await pause(Math.max(0, validFrom * 1000 - Date.now()));
}

export const callerOf = (userId: string): string => `user/${userId}`;

/** For a code, “wrong password” would be the wrong word, and “unknown” would tell too much. */
function sameForUnknown(error: unknown): never {
  if (error instanceof Problem && error.type.code === identityProblems.badCredentials.code)
    throw new Problem(identityProblems.badCode, "Enter the newest code from your mail, or ask for a new one.");
  throw error;
}
