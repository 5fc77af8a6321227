import { AwsError, type JsonAction } from "../wire/aws-json.ts";
import { clientOf } from "./clients.ts";
import { incorrect, invalid, notAuthorized, parameter, required, textMap } from "./input.ts";
import { tryPassword } from "./lockout.ts";
import { askSecondFactor, needsSecondFactor, takeSecondFactor } from "./mfa.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { beginSession, continueSession, revokeByRefreshToken } from "./sessions.ts";
import { makeVerifier } from "./srp.ts";
import { beginSrp, finishSrp } from "./srp-sign-in.ts";
import { issueTokens } from "./tokens.ts";
import { findUser, loginOf, setVerifier, type User, userNotFound } from "./users.ts";

export function signInActions(realm: Realm): Record<string, JsonAction> {
  return {
    async InitiateAuth(input) {
      const client = clientOf(realm, input);
      const flow = required(input, "AuthFlow");
      const parameters = textMap(input, "AuthParameters");
      if (parameters.SECRET_HASH !== undefined) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
      const enabled = client.explicitAuthFlows.includes(`ALLOW_${flow}`);
      if (flow === "USER_PASSWORD_AUTH" && enabled) return afterPassword(realm, client, await checkPassword(realm, client, parameters));
      if (flow === "USER_SRP_AUTH" && enabled) return beginSrp(realm, client, parameters);
      if (flow === "REFRESH_TOKEN_AUTH" && enabled && !client.refreshTokenRotation)
        return { ChallengeParameters: {}, AuthenticationResult: refresh(realm, client, parameter(parameters, "REFRESH_TOKEN")) };
      throw invalid(`${flow} flow not enabled for this client`);
    },

    async RespondToAuthChallenge(input) {
      const client = clientOf(realm, input);
      const challenge = required(input, "ChallengeName");
      const responses = textMap(input, "ChallengeResponses");
      if (responses.SECRET_HASH !== undefined) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
      if (challenge === "PASSWORD_VERIFIER") return afterPassword(realm, client, await finishSrp(realm, client, responses));
      if (challenge === "SOFTWARE_TOKEN_MFA")
        return admit(realm, client, await takeSecondFactor(realm, client, required(input, "Session"), responses));
      throw invalid(`The embedded user pool does not have the challenge “${challenge}”.`);
    },

    GetTokensFromRefreshToken(input) {
      return { AuthenticationResult: refresh(realm, clientOf(realm, input), required(input, "RefreshToken")) };
    },

    RevokeToken(input) {
      revokeByRefreshToken(realm, clientOf(realm, input), required(input, "Token"));
      return {};
    },
  };
}

/** The user whose password this is. Everything but the password is told only to those who know the password. */
async function checkPassword(realm: Realm, client: Client, parameters: Record<string, string>): Promise<User> {
  const { database } = realm;
  const username = parameter(parameters, "USERNAME");
  const password = parameter(parameters, "PASSWORD");
  const found = findUser(database, client.pool.id, username);
  const guess = await tryPassword(realm, loginOf(client.pool.id, username, found), password, found?.password);
  if (guess === "locked") throw notAuthorized("Password attempts exceeded");
  if (!found && !client.preventUserExistenceErrors) throw userNotFound();

  // Read again: the check took its time, and the account may have been deleted, disabled or given another password meanwhile.
  const user = found && findUser(database, client.pool.id, found.sub);
  if (guess === "wrong" || !user || user.password !== found.password) throw incorrect();
  // Users of before the pool had SRP.
  if (client.pool.srp && user.verifier === undefined) setVerifier(realm, user, makeVerifier(user, password));
  return user;
}

/** Tokens, or the question for the second factor. */
function afterPassword(realm: Realm, client: Client, user: User) {
  demandActive(user);
  return needsSecondFactor(realm, client.pool, user) ? askSecondFactor(realm, client, user) : admit(realm, client, user);
}

function admit(realm: Realm, client: Client, user: User) {
  demandActive(user);
  const { session, refreshToken } = beginSession(realm, client, user);
  return { ChallengeParameters: {}, AuthenticationResult: issueTokens(realm, client, user, session, refreshToken) };
}

function demandActive(user: User): void {
  if (!user.enabled) throw notAuthorized("User is disabled.");
  if (user.status === "UNCONFIRMED") throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
}

function refresh(realm: Realm, client: Client, token: string) {
  const { session, refreshToken } = continueSession(realm, client, token);
  const user = findUser(realm.database, client.pool.id, session.sub);
  if (!user) throw notAuthorized("Invalid Refresh Token");
  return issueTokens(realm, client, user, session, refreshToken);
}
