import { cognitoPool, type SignInDeps, sesMailer } from "@atelier/core/identity";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { once, quiet, shared } from "../../clients.ts";
import { required } from "../../env.ts";
import { gate } from "../pipeline.ts";

export const pool = once(() =>
  cognitoPool(quiet(new CognitoIdentityProviderClient(shared)), {
    userPoolId: required("USER_POOL_ID"),
    clientId: required("USER_POOL_CLIENT_ID"),
  }),
);

export const signInDeps = once(
  (): SignInDeps => ({
    pool: pool(),
    mailer: sesMailer(quiet(new SESv2Client(shared)), required("MAIL_FROM")),
    gate: gate(),
    publicUrl: required("PUBLIC_URL"),
  }),
);
