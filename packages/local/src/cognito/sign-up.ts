import { randomUUID } from "node:crypto";
import { transaction } from "../database.ts";
import { isEmailAddress } from "../ses/address.ts";
import { AwsError, type JsonAction } from "../wire/aws-json.ts";
import { clientOf } from "./clients.ts";
import { deliveryDetails, demandTaken, mailCode, makeCode, takeCode } from "./codes.ts";
import { attributeMap, invalid, notAuthorized, required } from "./input.ts";
import { checkPolicy } from "./passwords.ts";
import type { Realm } from "./realm.ts";
import { makeSecrets } from "./secrets.ts";
import { confirmUser, emailKeyOf, findUser, insertUser, loginOf, type User, usernameExists } from "./users.ts";

/** Those of OpenID Connect that a user may write; `email` is the user name itself. Custom attributes are not here. */
const writable = new Set(
  "address birthdate family_name gender given_name locale middle_name name nickname picture preferred_username profile website zoneinfo".split(
    " ",
  ),
);
const readOnly = new Set(["sub", "email_verified", "phone_number_verified", "identities"]);
const attributeLengthMax = 2048;

export function signUpActions(realm: Realm): Record<string, JsonAction> {
  const { database, clock } = realm;

  return {
    async SignUp(input) {
      const { pool } = clientOf(realm, input);
      const email = required(input, "Username");
      if (!isEmailAddress(email)) throw invalid("Username should be an email.");
      const { email: emailAttribute = email, ...attributes } = attributeMap(input, "UserAttributes");
      if (emailKeyOf(emailAttribute) !== emailKeyOf(email)) throw invalid("The email attribute must be the user name.");
      checkAttributes(attributes);
      const password = required(input, "Password");
      checkPolicy(password, pool.passwordPolicy);
      if (findUser(database, pool.id, email)) throw usernameExists();

      const sub = randomUUID();
      const secrets = await makeSecrets(pool, sub, password);
      const now = clock.now();
      const user: User = {
        sub,
        poolId: pool.id,
        email,
        emailKey: emailKeyOf(email),
        emailVerified: false,
        status: "UNCONFIRMED",
        enabled: true,
        ...secrets,
        attributes,
        createdAt: now,
        modifiedAt: now,
      };
      const code = transaction(database, () => {
        insertUser(database, user);
        return pool.autoVerifyEmail ? makeCode(realm, user, "confirm") : undefined;
      });
      if (code === undefined) return { UserConfirmed: false, UserSub: user.sub };
      await mailCode(realm, email, "confirm", code);
      return { UserConfirmed: false, UserSub: user.sub, CodeDeliveryDetails: deliveryDetails(email) };
    },

    ConfirmSignUp(input) {
      const client = clientOf(realm, input);
      const username = required(input, "Username");
      const code = required(input, "ConfirmationCode");
      const user = findUser(database, client.pool.id, username);
      if (!user && !client.preventUserExistenceErrors) throw unknownUser();
      if (user && !user.enabled) throw notAuthorized("User is disabled.");
      if (user?.status === "CONFIRMED") throw notAuthorized("User cannot be confirmed. Current status is CONFIRMED");

      const outcome = transaction(database, () => {
        const taken = takeCode(realm, loginOf(client.pool.id, username, user), "confirm", code);
        if (user && taken === "taken") confirmUser(realm, user.sub);
        return taken;
      });
      demandTaken(user ? outcome : strangerOutcome(outcome));
      return {};
    },

    async ResendConfirmationCode(input) {
      const client = clientOf(realm, input);
      const username = required(input, "Username");
      const user = findUser(database, client.pool.id, username);
      if (!user && !client.preventUserExistenceErrors) throw unknownUser();
      if (user?.status === "CONFIRMED") throw invalid("User is already confirmed.");
      if (!client.pool.autoVerifyEmail) throw invalid("Auto verification not turned on.");

      const code = makeCode(realm, loginOf(client.pool.id, username, user), "confirm");
      if (user?.enabled) await mailCode(realm, user.email, "confirm", code);
      return { CodeDeliveryDetails: deliveryDetails(user?.email ?? username) };
    },
  };
}

/** What ConfirmSignUp, ResendConfirmationCode, ForgotPassword and ConfirmForgotPassword say where the client may know. */
export const unknownUser = (): AwsError => new AwsError("UserNotFoundException", "Username/client id combination not found.");

/** Nobody was ever mailed a stranger's code, so hitting it is luck and changes nothing. */
export const strangerOutcome = (outcome: ReturnType<typeof takeCode>) => (outcome === "taken" ? "mismatch" : outcome);

function checkAttributes(attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (readOnly.has(name)) throw notAuthorized("A client attempted to write unauthorized attribute");
    if (!writable.has(name))
      throw invalid(`Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`);
    if (value.length > attributeLengthMax)
      throw invalid(`Attributes did not conform to the schema: ${name}: Attribute length exceeds ${attributeLengthMax} characters`);
  }
}
