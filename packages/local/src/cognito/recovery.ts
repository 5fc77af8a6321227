import { transaction } from "../database.ts";
import type { JsonAction } from "../wire/aws-json.ts";
import { clientOf } from "./clients.ts";
import { deliveryDetails, demandTaken, mailCode, makeCode, takeCode } from "./codes.ts";
import { invalid, notAuthorized, required } from "./input.ts";
import { checkPolicy } from "./passwords.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { makeSecrets } from "./secrets.ts";
import { strangerOutcome, unknownUser } from "./sign-up.ts";
import { findUser, loginOf, setPassword, type User } from "./users.ts";

/**
 * A forgotten password. Where the client prevents it, nothing here tells whether there is such a user, is one that was disabled, or
 * one whose email was never verified: a code is made, counted and guessed at alike, only not mailed.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
 */
export function recoveryActions(realm: Realm): Record<string, JsonAction> {
  const { database } = realm;

  return {
    async ForgotPassword(input) {
      const client = clientOf(realm, input);
      const username = required(input, "Username");
      const user = findUser(database, client.pool.id, username);
      const mayReset = canReset(client, user);
      const code = makeCode(realm, loginOf(client.pool.id, username, user), "reset");
      if (user && mayReset) await mailCode(realm, user.email, "reset", code);
      return { CodeDeliveryDetails: deliveryDetails(user?.email ?? username) };
    },

    async ConfirmForgotPassword(input) {
      const client = clientOf(realm, input);
      const username = required(input, "Username");
      const code = required(input, "ConfirmationCode");
      const password = required(input, "Password");
      checkPolicy(password, client.pool.passwordPolicy);
      const user = findUser(database, client.pool.id, username);
      // For a stranger too, so that time does not tell.
      const secrets = await makeSecrets(client.pool, user?.sub ?? "", password);

      const mayReset = canReset(client, user);
      const outcome = transaction(database, () => {
        const taken = takeCode(realm, loginOf(client.pool.id, username, user), "reset", code);
        if (user && mayReset && taken === "taken") setPassword(realm, user.sub, secrets);
        return taken;
      });
      demandTaken(mayReset ? outcome : strangerOutcome(outcome));
      return {};
    },
  };
}

/** @throws the reason why not, where the client may know */
function canReset(client: Client, user: User | undefined): boolean {
  if (user?.enabled && user.emailVerified) return true;
  if (client.preventUserExistenceErrors) return false;
  if (!user) throw unknownUser();
  if (!user.enabled) throw notAuthorized("User is disabled.");
  throw invalid("Cannot reset password for the user as there is no registered/verified email or phone_number");
}
