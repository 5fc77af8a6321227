import { isPassword } from "./passwords.ts";
import type { Login, Realm } from "./realm.ts";

const failuresAllowed = 5;
const longestLockMs = 15 * 60 * 1000;
const forgottenAfterMs = 15 * 60 * 1000;

export type Guess = "right" | "wrong" | "locked";

/**
 * Makes one guess at a password or a software token's code. From the fifth failure in a row on, the name is locked for 2^(n−5) seconds, at most
 * 15 minutes; guesses made meanwhile are not looked at and do not count; a success, or 15 minutes without one, starts afresh. Guesses on
 * one name take turns, so that a burst cannot pass before its first failure is counted.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html "Lockout behavior for failed sign-in attempts"
 */
export function tryGuess(
  { database, clock, turns }: Realm,
  login: Login,
  what: "password" | "software-token",
  isRight: () => boolean | Promise<boolean>,
): Promise<Guess> {
  const key = [login.poolId, login.emailKey, what] as const;

  return turns(key.join(" "), async () => {
    const row = database.prepare("SELECT count, last_at FROM failures WHERE pool_id = ? AND email_key = ? AND what = ?").get(...key) as
      | { count: number; last_at: number }
      | undefined;
    // Absolute, so that a product clock that is turned back does not lock anybody out for days.
    const sinceMs = row ? Math.abs(clock.now() - row.last_at) : 0;
    const failures = row && sinceMs < forgottenAfterMs ? row.count : 0;
    const lockMs = failures < failuresAllowed ? 0 : Math.min(longestLockMs, 2 ** (failures - failuresAllowed) * 1000);
    if (sinceMs < lockMs) return "locked";

    if (await isRight()) {
      database.prepare("DELETE FROM failures WHERE pool_id = ? AND email_key = ? AND what = ?").run(...key);
      return "right";
    }
    database
      .prepare("INSERT OR REPLACE INTO failures (pool_id, email_key, what, count, last_at) VALUES (?, ?, ?, ?, ?)")
      .run(...key, failures + 1, clock.now());
    return "wrong";
  });
}

/** A guess at a password whose hash is `stored`; undefined for a stranger's. */
export const tryPassword = (realm: Realm, login: Login, password: string, stored: string | undefined): Promise<Guess> =>
  tryGuess(realm, login, "password", () => isPassword(password, stored));
