import { createHash } from "node:crypto";
import { AwsError, type JsonAction } from "../wire/aws-json.ts";
import { ask, asked, close } from "./challenges.ts";
import { flag, invalid, notAuthorized, optional, parameter, required } from "./input.ts";
import { tryGuess } from "./lockout.ts";
import { type Client, type Pool, poolById } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { bearerOf } from "./sessions.ts";
import { newSecret, stepOf } from "./totp.ts";
import { findUser, type User } from "./users.ts";

/** A user's authenticator. `pending` was given out and not shown to work yet; `secret` was. Steps are those of totp.ts. */
type SoftwareToken = {
  pending: string | null;
  secret: string | null;
  name: string | null;
  enabled: number;
  preferred: number;
  last_step: number;
};

const factor = "SOFTWARE_TOKEN_MFA";

const tokenOf = ({ database }: Realm, sub: string): SoftwareToken | undefined =>
  database.prepare("SELECT * FROM software_tokens WHERE sub = ?").get(sub) as SoftwareToken | undefined;

/** What GetUser and AdminGetUser tell of second factors. */
export function mfaSettings(realm: Realm, { sub }: User): { UserMFASettingList?: string[]; PreferredMfaSetting?: string } {
  const token = tokenOf(realm, sub);
  if (!token?.enabled) return {};
  return { UserMFASettingList: [factor], ...(token.preferred && { PreferredMfaSetting: factor }) };
}

/** How a user gets a second factor and gives it up, by access token. */
export function mfaActions(realm: Realm): Record<string, JsonAction> {
  const { database } = realm;

  /** @throws SoftwareTokenMFANotFoundException where the pool has no second factors */
  function bearer(input: Record<string, unknown>): User {
    if (optional(input, "Session") !== undefined) throw invalid("A session cannot set up a second factor: no pool here demands one.");
    const user = bearerOf(realm, required(input, "AccessToken"));
    if (poolById(database, user.poolId).mfa === "OFF") throw notFound("Software Token MFA has not been enabled by the userPool");
    return user;
  }

  return {
    AssociateSoftwareToken(input) {
      const { sub } = bearer(input);
      const secret = newSecret();
      database
        .prepare("INSERT INTO software_tokens (sub, pending) VALUES (?, ?) ON CONFLICT (sub) DO UPDATE SET pending = excluded.pending")
        .run(sub, secret);
      return { SecretCode: secret };
    },

    VerifySoftwareToken(input) {
      const { sub } = bearer(input);
      const code = required(input, "UserCode");
      const pending = tokenOf(realm, sub)?.pending;
      if (!pending) throw notFound("No software token was associated.");
      const step = stepOf(pending, code, Date.now());
      if (step === undefined) throw new AwsError("EnableSoftwareTokenMFAException", "Code mismatch");
      database
        .prepare("UPDATE software_tokens SET secret = pending, pending = NULL, name = ?, last_step = ? WHERE sub = ?")
        .run(optional(input, "FriendlyDeviceName") ?? null, step, sub);
      return { Status: "SUCCESS" };
    },

    SetUserMFAPreference(input) {
      for (const other of ["SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings"])
        if (input[other] !== undefined) throw invalid(`The embedded user pool has no ${other}.`);
      const { sub } = bearer(input);
      const settings = (input.SoftwareTokenMfaSettings ?? {}) as Record<string, unknown>;
      const [enabled, preferred] = [flag(settings, "Enabled"), flag(settings, "PreferredMfa")];
      if (preferred && !enabled) throw invalid("Preferred MFA must be enabled.");
      if (enabled && !tokenOf(realm, sub)?.secret) throw invalid("User has not verified software token mfa");
      database.prepare("UPDATE software_tokens SET enabled = ?, preferred = ? WHERE sub = ?").run(Number(enabled), Number(preferred), sub);
      return {};
    },
  };
}

/** Whether the password alone does not let this user in. */
export const needsSecondFactor = (realm: Realm, pool: Pool, { sub }: User): boolean =>
  pool.mfa !== "OFF" && tokenOf(realm, sub)?.enabled === 1;

/** The question that follows the password. Its session stands for that password: another one makes it worthless. */
export function askSecondFactor(realm: Realm, client: Client, user: User) {
  const session = ask(realm, client, factor, { sub: user.sub, data: { password: fingerprint(user) } });
  const name = tokenOf(realm, user.sub)?.name;
  return {
    ChallengeName: factor,
    Session: session,
    ChallengeParameters: { USER_ID_FOR_SRP: user.sub, ...(name ? { FRIENDLY_DEVICE_NAME: name } : {}) },
  };
}

/**
 * The user who has shown the second factor after the password. A wrong code leaves the session for another try; each code works once.
 * @throws NotAuthorizedException, CodeMismatchException, ExpiredCodeException
 */
export async function takeSecondFactor(realm: Realm, client: Client, session: string, responses: Record<string, string>): Promise<User> {
  const username = parameter(responses, "USERNAME");
  const code = parameter(responses, "SOFTWARE_TOKEN_MFA_CODE");
  const challenge = asked(realm, client, factor, session);
  const find = () => challenge && findUser(realm.database, client.pool.id, challenge.sub ?? "");
  const user = find();
  const stale = () => notAuthorized("Invalid session for the user.");
  if (!challenge || !user || findUser(realm.database, client.pool.id, username)?.sub !== user.sub) throw stale();
  if (fingerprint(user) !== challenge.data.password) throw stale();

  let used = false;
  const guess = await tryGuess(realm, user, "software-token", () => {
    const step = stepOf(tokenOf(realm, user.sub)?.secret ?? "", code, Date.now());
    if (step === undefined) return false;
    used = !useStep(realm, user.sub, step);
    return !used;
  });
  if (guess === "locked") throw notAuthorized("Attempt limit exceeded, please try after some time.");
  if (used) throw new AwsError("ExpiredCodeException", "Your software token has already been used once.");
  if (guess === "wrong") throw new AwsError("CodeMismatchException", "Invalid code received for user");
  const admitted = find();
  if (!close(realm, challenge) || !admitted) throw stale();
  return admitted;
}

/** Marks a step's code as used; false if it was, or if a later one was. */
const useStep = ({ database }: Realm, sub: string, step: number): boolean =>
  database.prepare("UPDATE software_tokens SET last_step = ? WHERE sub = ? AND last_step < ?").run(step, sub, step).changes > 0;

const fingerprint = ({ password }: User): string => createHash("sha256").update(password).digest("base64url");
const notFound = (message: string) => new AwsError("SoftwareTokenMFANotFoundException", message);
