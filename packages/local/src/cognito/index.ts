import type { Clock } from "../clock.ts";
import { openDatabase } from "../database.ts";
import { jsonService } from "../wire/aws-json.ts";
import type { WireHandler } from "../wire/http.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { accountActions } from "./account.ts";
import { adminActions } from "./admin.ts";
import { forgetOldCodes } from "./codes.ts";
import { openKeys } from "./keys.ts";
import { mfaActions } from "./mfa.ts";
import { type DefinedPool, definePool, type PoolSpec } from "./pool.ts";
import type { CodeMail, Realm } from "./realm.ts";
import { recoveryActions } from "./recovery.ts";
import { steps } from "./schema.ts";
import { signInActions } from "./sign-in.ts";
import { signUpActions } from "./sign-up.ts";
import { makeTurns } from "./turns.ts";

export type { PasswordPolicy } from "./passwords.ts";
export type { ClientSpec, DefinedPool, PoolSpec } from "./pool.ts";
export type { CodeMail } from "./realm.ts";

export type CognitoOptions = {
  /** SQLite file; `:memory:` for none. */
  file: string;
  region: string;
  /** Codes, limits and users' dates follow it; tokens live in real time. */
  clock: Clock;
  credentials: Credentials;
  /** Where this handler is served, e.g. `http://127.0.0.1:4401`: a pool's issuer is `${issuerBase}/${poolId}`. */
  issuerBase: string;
  /** Delivers a code; if it throws, the caller gets CodeDeliveryFailureException and may have the code sent again. */
  mail: (message: CodeMail) => void | Promise<void>;
};

export type Cognito = {
  handle: WireHandler;
  /** Idempotent by logical id; the first call makes ids and keys, which stay. */
  definePool(spec: PoolSpec): DefinedPool;
  close(): void;
};

/** The actions that carry their own proof, a password, code or token, instead of a signature. */
const unsigned = new Set([
  ...["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword"],
  ...["InitiateAuth", "GetTokensFromRefreshToken", "RevokeToken", "GetUser", "ChangePassword", "GlobalSignOut"],
  ...["RespondToAuthChallenge", "AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"],
]);

/**
 * Amazon Cognito user pools: sign-up by email, passwords and SRP, software tokens as a second factor, tokens, rotation,
 * administration.
 */
export function createCognito({ file, region, clock, credentials, issuerBase, mail }: CognitoOptions): Cognito {
  const database = openDatabase(file, steps);
  const realm: Realm = { database, clock, issuerBase, mail, keys: openKeys(database), turns: makeTurns() };
  forgetOldCodes(realm);

  const act = jsonService({
    target: "AWSCognitoIdentityProviderService",
    version: "1.1",
    signingName: "cognito-idp",
    region,
    credentials,
    unsigned,
    actions: {
      ...signUpActions(realm),
      ...signInActions(realm),
      ...recoveryActions(realm),
      ...accountActions(realm),
      ...mfaActions(realm),
      ...adminActions(realm),
    },
  });

  return {
    async handle(request) {
      const [, poolId] = /^\/([\w-]+)\/\.well-known\/jwks\.json$/.exec(request.path) ?? [];
      if (request.method !== "GET" || poolId === undefined) return act(request);
      const jwks = realm.keys.jwks(poolId);
      return {
        status: jwks.keys.length > 0 ? 200 : 404,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(jwks),
      };
    },
    definePool(spec) {
      const defined = definePool(database, region, spec);
      realm.keys.ensure(defined.poolId);
      return defined;
    },
    close: () => database.close(),
  };
}
