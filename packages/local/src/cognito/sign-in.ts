import { AwsError, type JsonAction } from "../wire/aws-json.ts";
import { clientOf } from "./clients.ts";
import { invalid, notAuthorized, required, textMap } from "./input.ts";
import { tryPassword } from "./lockout.ts";
import type { Client } from "./pool.ts";
import type { Realm } from "./realm.ts";
import { beginSession, continueSession, revokeByRefreshToken } from "./sessions.ts";
import { issueTokens } from "./tokens.ts";
import { findUser, loginOf } from "./users.ts";

export const incorrect = (): AwsError => notAuthorized("Incorrect username or password.");

export function signInActions(realm: Realm): Record<string, JsonAction> {
  return {
    async InitiateAuth(input) {
      const client = clientOf(realm, input);
      const flow = required(input, "AuthFlow");
      const parameters = textMap(input, "AuthParameters");
      if (parameters.SECRET_HASH !== undefined) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
      const enabled = client.explicitAuthFlows.includes(`ALLOW_${flow}`);
      if (flow === "USER_PASSWORD_AUTH" && enabled)
        return { ChallengeParameters: {}, AuthenticationResult: await signIn(realm, client, parameters) };
      if (flow === "REFRESH_TOKEN_AUTH" && enabled && !client.refreshTokenRotation)
        return { ChallengeParameters: {}, AuthenticationResult: refresh(realm, client, parameter(parameters, "REFRESH_TOKEN")) };
      throw invalid(`${flow} flow not enabled for this client`);
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

/** Everything but the password is told only to those who know the password. */
async function signIn(realm: Realm, client: Client, parameters: Record<string, string>) {
  const { database } = realm;
  const username = parameter(parameters, "USERNAME");
  const password = parameter(parameters, "PASSWORD");
  const found = findUser(database, client.pool.id, username);
  const guess = await tryPassword(realm, loginOf(client.pool.id, username, found), password, found?.password);
  if (guess === "locked") throw notAuthorized("Password attempts exceeded");
  if (!found && !client.preventUserExistenceErrors) throw new AwsError("UserNotFoundException", "User does not exist.");

  // Read again: the check took its time, and the account may have been deleted, disabled or given another password meanwhile.
  const user = found && findUser(database, client.pool.id, found.sub);
  if (guess === "wrong" || !user || user.password !== found.password) throw incorrect();
  if (!user.enabled) throw notAuthorized("User is disabled.");
  if (user.status === "UNCONFIRMED") throw new AwsError("UserNotConfirmedException", "User is not confirmed.");
  const { session, refreshToken } = beginSession(realm, client, user);
  return issueTokens(realm, client, user, session, refreshToken);
}

function refresh(realm: Realm, client: Client, token: string) {
  const { session, refreshToken } = continueSession(realm, client, token);
  const user = findUser(realm.database, client.pool.id, session.sub);
  if (!user) throw notAuthorized("Invalid Refresh Token");
  return issueTokens(realm, client, user, session, refreshToken);
}

function parameter(parameters: Record<string, string>, name: string): string {
  const value = parameters[name];
  if (!value) throw invalid(`Missing required parameter ${name}`);
  return value;
}
