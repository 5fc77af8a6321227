import { isPassword } from "./passwords.ts";
import type { Login, Realm } from "./realm.ts";

const failuresAllowed = 5;
const longestLockMs = 15 * 60 * 1000;
const forgottenAfterMs = 15 * 60 * 1000;

/**
 * Checks one password guess. From the fifth failure in a row on, the name is locked for 2^(n−5) seconds, at most 15 minutes;
 * guesses made meanwhile are not looked at and do not count; a success, or 15 minutes without one, starts afresh. Guesses on
 * one name take turns, so that a burst cannot pass before its first failure is counted.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html "Lockout behavior for failed sign-in attempts"
 */
export function tryPassword(
  { database, clock, turns }: Realm,
  login: Login,
  password: string,
  stored: string | undefined,
): Promise<"right" | "wrong" | "locked"> {
  const key = [login.poolId, login.emailKey] as const;

  return turns(key.join(" "), async () => {
    const row = database.prepare("SELECT count, last_at FROM password_failures WHERE pool_id = ? AND email_key = ?").get(...key) as
      | { count: number; last_at: number }
      | undefined;
    // Absolute, so that a product clock that is turned back does not lock anybody out for days.
    const sinceMs = row ? Math.abs(clock.now() - row.last_at) : 0;
    const failures = row && sinceMs < forgottenAfterMs ? row.count : 0;
    const lockMs = failures < failuresAllowed ? 0 : Math.min(longestLockMs, 2 ** (failures - failuresAllowed) * 1000);
    if (sinceMs < lockMs) return "locked";

    if (await isPassword(password, stored)) {
      database.prepare("DELETE FROM password_failures WHERE pool_id = ? AND email_key = ?").run(...key);
      return "right";
    }
    database
      .prepare("INSERT OR REPLACE INTO password_failures (pool_id, email_key, count, last_at) VALUES (?, ?, ?, ?)")
      .run(...key, failures + 1, clock.now());
    return "wrong";
  });
}
