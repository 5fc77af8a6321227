import { AwsError, type JsonAction } from "../wire/aws-json.ts";
import { incorrect, required } from "./input.ts";
import { tryPassword } from "./lockout.ts";
import { mfaSettings } from "./mfa.ts";
import { checkPolicy } from "./passwords.ts";
import { poolById } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { makeSecrets } from "./secrets.ts";
import { bearerOf, revokeSessionsOf } from "./sessions.ts";
import { findUser, setPassword, wireAttributes } from "./users.ts";

/** What a user does with an access token. */
export function accountActions(realm: Realm): Record<string, JsonAction> {
  return {
    GetUser(input) {
      const user = bearerOf(realm, required(input, "AccessToken"));
      return { Username: user.sub, UserAttributes: wireAttributes(user), ...mfaSettings(realm, user) };
    },

    async ChangePassword(input) {
      const user = bearerOf(realm, required(input, "AccessToken"));
      const previous = required(input, "PreviousPassword");
      const proposed = required(input, "ProposedPassword");
      const pool = poolById(realm.database, user.poolId);
      checkPolicy(proposed, pool.passwordPolicy);
      const guess = await tryPassword(realm, user, previous, user.password);
      if (guess === "locked") throw new AwsError("LimitExceededException", "Attempt limit exceeded, please try after some time.");
      if (guess === "wrong") throw incorrect();

      const secrets = await makeSecrets(pool, user.sub, proposed);
      // Of two changes at once, the later one no longer knows the password.
      if (findUser(realm.database, user.poolId, user.sub)?.password !== user.password) throw incorrect();
      setPassword(realm, user.sub, secrets);
      return {};
    },

    GlobalSignOut(input) {
      revokeSessionsOf(realm, bearerOf(realm, required(input, "AccessToken")));
      return {};
    },
  };
}
