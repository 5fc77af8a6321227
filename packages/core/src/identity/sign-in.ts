import { createHash, randomUUID } from "node:crypto";
import type { Gate, Passage, Window } from "../gate/index.ts";
import { Problem } from "../kernel/index.ts";
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

/** Access tokens are dated in real seconds, by the pool. */
const tokenTime = (): number => Math.floor(Date.now() / 1000);

/** Ends the access tokens of one sign-in within a second, everywhere. */
export async function signOut(
  { pool, gate }: SignInDeps,
  refreshToken: string,
  access?: { userId: string; signIn: string },
): Promise<void> {
  await pool.revoke(refreshToken);
  if (!access) return;
  await gate.revoke(callerOf(access.userId), access.signIn, tokenTime());
  gate.forget(callerOf(access.userId));
}

async function endAccess(gate: Gate, userId: string): Promise<void> {
  await gate.revokeAll(callerOf(userId), tokenTime());
  gate.forget(callerOf(userId));
}

export const callerOf = (userId: string): string => `user/${userId}`;

/** For a code, “wrong password” would be the wrong word, and “unknown” would tell too much. */
function sameForUnknown(error: unknown): never {
  if (error instanceof Problem && error.type.code === identityProblems.badCredentials.code)
    throw new Problem(identityProblems.badCode, "Enter the newest code from your mail, or ask for a new one.");
  throw error;
}
