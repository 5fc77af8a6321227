import { createHash, randomBytes, randomInt } from "node:crypto";
import { AwsError } from "../wire/aws-json.ts";
import { sameText } from "../wire/sigv4.ts";
import type { Login, Realm } from "./realm.ts";

export type CodePurpose = "confirm" | "reset";

const hourMs = 60 * 60 * 1000;
const lifetimeMs: Record<CodePurpose, number> = { confirm: 24 * hourMs, reset: hourMs };
const wrongGuessesMax = 5;
const requestsPerHourMax = 5;

const words: Record<CodePurpose, { subject: string; text: (code: string) => string }> = {
  confirm: { subject: "Your verification code", text: (code) => `Your confirmation code is ${code}. It is valid for 24 hours.` },
  reset: { subject: "Your password reset code", text: (code) => `Your password reset code is ${code}. It is valid for one hour.` },
};

const limitExceeded = () => new AwsError("LimitExceededException", "Attempt limit exceeded, please try after some time.");

/** A million codes are soon tried against any hash: this keeps them out of sight; their short life and few guesses keep them safe. */
const hashCode = (salt: string, code: string): string => createHash("sha256").update(`${salt}.${code}`).digest("hex");

/**
 * Makes a new code of six digits in place of an earlier one. Also done for a name without a user, whose code is never mailed,
 * so that limits and answers are the same for both.
 * @throws LimitExceededException past five codes an hour
 */
export function makeCode({ database, clock }: Realm, { poolId, emailKey }: Login, purpose: CodePurpose): string {
  const key = [poolId, emailKey, purpose] as const;
  const now = clock.now();
  database
    .prepare("DELETE FROM code_requests WHERE pool_id = ? AND email_key = ? AND purpose = ? AND (at <= ? OR at > ?)")
    .run(...key, now - hourMs, now);
  const asked = database
    .prepare("SELECT count(*) AS count FROM code_requests WHERE pool_id = ? AND email_key = ? AND purpose = ?")
    .get(...key) as { count: number };
  if (asked.count >= requestsPerHourMax) throw limitExceeded();

  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const salt = randomBytes(16).toString("hex");
  database.prepare("INSERT INTO code_requests (pool_id, email_key, purpose, at) VALUES (?, ?, ?, ?)").run(...key, now);
  database
    .prepare("INSERT OR REPLACE INTO codes (pool_id, email_key, purpose, salt, hash, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
    .run(...key, salt, hashCode(salt, code), now + lifetimeMs[purpose]);
  return code;
}

/** A code works once. Wrong guesses are counted, so do not call this where a later error rolls the count back. */
export function takeCode(
  { database, clock }: Realm,
  { poolId, emailKey }: Login,
  purpose: CodePurpose,
  code: string,
): "taken" | "mismatch" | "expired" | "guessed-too-often" {
  const key = [poolId, emailKey, purpose] as const;
  const row = database
    .prepare("SELECT salt, hash, expires_at, wrong_guesses FROM codes WHERE pool_id = ? AND email_key = ? AND purpose = ?")
    .get(...key) as { salt: string; hash: string; expires_at: number; wrong_guesses: number } | undefined;
  if (!row || clock.now() >= row.expires_at) return "expired";
  if (row.wrong_guesses >= wrongGuessesMax) return "guessed-too-often";
  if (!sameText(hashCode(row.salt, code), row.hash)) {
    database.prepare("UPDATE codes SET wrong_guesses = wrong_guesses + 1 WHERE pool_id = ? AND email_key = ? AND purpose = ?").run(...key);
    return "mismatch";
  }
  database.prepare("DELETE FROM codes WHERE pool_id = ? AND email_key = ? AND purpose = ?").run(...key);
  return "taken";
}

/** @throws CodeMismatchException, ExpiredCodeException or LimitExceededException unless the code was taken */
export function demandTaken(outcome: ReturnType<typeof takeCode>): void {
  if (outcome === "mismatch") throw new AwsError("CodeMismatchException", "Invalid verification code provided, please try again.");
  if (outcome === "expired") throw new AwsError("ExpiredCodeException", "Invalid code provided, please request a code again.");
  if (outcome === "guessed-too-often") throw limitExceeded();
}

/** @throws CodeDeliveryFailureException if the mail cannot be handed over */
export async function mailCode({ mail }: Realm, to: string, purpose: CodePurpose, code: string): Promise<void> {
  try {
    await mail({ to, subject: words[purpose].subject, text: words[purpose].text(code), code });
  } catch (error) {
    throw new AwsError("CodeDeliveryFailureException", `The code could not be mailed: ${error instanceof Error ? error.message : error}`);
  }
}

/** Tells where a code went without telling the address: `a***@e***`. */
export function deliveryDetails(address: string) {
  const [local = "", domain = "e"] = address.split("@");
  return { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: `${local.charAt(0)}***@${domain.charAt(0)}***` };
}

/** Drops what has run out, of names that may never come back. */
export function forgetOldCodes({ database, clock }: Realm): void {
  const now = clock.now();
  database.prepare("DELETE FROM codes WHERE expires_at < ?").run(now);
  database.prepare("DELETE FROM code_requests WHERE at < ?").run(now - hourMs);
  database.prepare("DELETE FROM challenges WHERE expires_at < ?").run(now);
  database.prepare("DELETE FROM failures WHERE last_at < ?").run(now - hourMs);
}
