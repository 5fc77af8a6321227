import { randomUUID } from "node:crypto";
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { makeClock } from "../clock.ts";
import { serve } from "../wire/http.ts";
import { type ClientSpec, type CodeMail, createCognito, type PoolSpec } from "./index.ts";

export const region = "eu-west-1";
export const issuerBase = "http://127.0.0.1:4401";
export const password = "Correct-horse-7";
export const key = { accessKeyId: "AKIDLOCAL", secretAccessKey: "local-secret" };

const client: ClientSpec = {
  logicalId: "Web",
  explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  refreshTokenValidityDays: 30,
  accessTokenValidityMinutes: 60,
  idTokenValidityMinutes: 60,
  preventUserExistenceErrors: true,
};

/** Clients that differ from `Web` in what their names say. */
export const poolSpec: PoolSpec = {
  logicalId: "Users",
  passwordPolicy: { minimumLength: 10, requireUppercase: true, requireLowercase: true, requireNumbers: true, requireSymbols: true },
  autoVerifyEmail: true,
  mfa: "OPTIONAL",
  clients: [
    client,
    { ...client, logicalId: "Telling", preventUserExistenceErrors: false },
    { ...client, logicalId: "Rotating", refreshTokenRotation: { retryGracePeriodSeconds: 0 } },
    { ...client, logicalId: "RotatingWithGrace", refreshTokenRotation: { retryGracePeriodSeconds: 1 } },
    { ...client, logicalId: "ShortLived", accessTokenValidityMinutes: 1 / 60, refreshTokenValidityDays: 1 / 86_400 },
    { ...client, logicalId: "Srp", explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
    { ...client, logicalId: "SrpTelling", explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"], preventUserExistenceErrors: false },
    { ...client, logicalId: "RefreshOnly", explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] },
  ],
};

export const newEmail = (): string => `${randomUUID().slice(0, 13)}@example.com`;

/** A user pool on a port of its own with a real client, a clock to turn, and the mails that it sent. */
export async function startCognito({ file = ":memory:", spec = poolSpec, issuer = issuerBase } = {}) {
  // Stands still between turns, so that a slow machine cannot run out a lock of one second.
  const startedAt = Date.now();
  const turnable = makeClock();
  const clock = { ...turnable, now: () => startedAt + turnable.offsetMs() };
  const mails: CodeMail[] = [];
  const post = { fails: false };
  const cognito = createCognito({
    file,
    region,
    clock,
    issuerBase: issuer,
    credentials: (id) => (id === key.accessKeyId ? { ...key, principal: "test" } : undefined),
    mail: (message) => {
      if (post.fails) throw new Error("the post office is closed");
      mails.push(message);
    },
  });
  const { poolId, clientIds } = cognito.definePool(spec);
  const server = await serve(cognito.handle);
  const sdk = connect(server.url);
  const clientId = (logicalId = "Web"): string => clientIds[logicalId] ?? "";
  const lastCode = (email: string): string => mails.findLast((mail) => mail.to.toLowerCase() === email.toLowerCase())?.code ?? "";

  return {
    clock,
    mails,
    post,
    cognito,
    poolId,
    url: server.url,
    sdk,
    clientId,
    lastCode,

    signUp: (email: string, more: { password?: string; UserAttributes?: { Name: string; Value: string }[]; client?: string } = {}) =>
      sdk.send(
        new SignUpCommand({
          ClientId: clientId(more.client),
          Username: email,
          Password: more.password ?? password,
          UserAttributes: more.UserAttributes ?? [{ Name: "email", Value: email }],
        }),
      ),

    /** A user who has confirmed the address. */
    async newUser(): Promise<string> {
      const email = newEmail();
      await this.signUp(email);
      await sdk.send(new ConfirmSignUpCommand({ ClientId: clientId(), Username: email, ConfirmationCode: lastCode(email) }));
      return email;
    },

    async signIn(email: string, { client, password: given = password }: { client?: string; password?: string } = {}) {
      const { AuthenticationResult } = await sdk.send(
        new InitiateAuthCommand({
          ClientId: clientId(client),
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: email, PASSWORD: given },
        }),
      );
      const { AccessToken = "", IdToken = "", RefreshToken = "", ExpiresIn } = AuthenticationResult ?? {};
      return { AccessToken, IdToken, RefreshToken, ExpiresIn };
    },

    statusOf: async (email: string) => {
      const { UserStatus } = await sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }));
      return UserStatus;
    },

    async stop(): Promise<void> {
      sdk.destroy();
      await server.close();
      cognito.close();
    },
  };
}

export type RunningCognito = Awaited<ReturnType<typeof startCognito>>;

export const connect = (endpoint: string, credentials = key): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient({ region, endpoint, credentials, maxAttempts: 1 });

/** Claims of a token, unverified. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
