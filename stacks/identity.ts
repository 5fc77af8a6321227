import { Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { AccountRecovery, FeaturePlan, Mfa, UserPool, UserPoolEmail } from "aws-cdk-lib/aws-cognito";
import type { Config } from "./config.ts";

/** Passwords and tokens live here and nowhere else. */
export function identity(stack: Stack, config: Config) {
  const pool = new UserPool(stack, "Users", {
    signInAliases: { email: true },
    signInCaseSensitive: false,
    selfSignUpEnabled: true,
    autoVerify: { email: true },
    standardAttributes: { email: { required: true, mutable: true }, fullname: { required: false, mutable: true } },
    passwordPolicy: { minLength: 10, requireLowercase: true, requireUppercase: true, requireDigits: true, requireSymbols: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    mfa: Mfa.OFF,
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection: config.stage === "prod",
    removalPolicy: RemovalPolicy.RETAIN,
    email: UserPoolEmail.withSES({
      fromEmail: config.mailFrom,
      sesRegion: config.region,
      sesVerifiedDomain: config.mailFrom.slice(config.mailFrom.indexOf("@") + 1),
    }),
  });
  const client = pool.addClient("Api", {
    authFlows: { userPassword: true },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
    refreshTokenRotationGracePeriod: Duration.seconds(10),
    disableOAuth: true,
  });
  return { pool, client };
}
export type Identity = ReturnType<typeof identity>;
