import {
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  type AuthenticationResultType,
  ChangePasswordCommand,
  type CognitoIdentityProviderClient,
  CognitoIdentityProviderServiceException,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Problem, problems } from "../kernel/index.ts";
import type { Tokens, UserPool } from "./pool.ts";
import { identityProblems } from "./problems.ts";

export type CognitoConfig = { userPoolId: string; clientId: string };

/** Cognito through its SDK client. */
export function cognitoPool(client: CognitoIdentityProviderClient, { userPoolId, clientId: ClientId }: CognitoConfig): UserPool {
  return {
    async signUp(email, password, displayName) {
      const UserAttributes = [
        { Name: "email", Value: email },
        { Name: "name", Value: displayName },
      ];
      try {
        const { UserSub } = await client.send(new SignUpCommand({ ClientId, Username: email, Password: password, UserAttributes }));
        return { userId: UserSub ?? "" };
      } catch (error) {
        if (isNamed(error, "UsernameExistsException")) return undefined;
        throw problemOf(error);
      }
    },
    async confirm(email, code) {
      await told(client.send(new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode: code })));
    },
    resendConfirmation: (email) => silently(client.send(new ResendConfirmationCodeCommand({ ClientId, Username: email }))),
    async signIn(email, password) {
      const AuthParameters = { USERNAME: email, PASSWORD: password };
      const { AuthenticationResult } = await told(
        client.send(new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters })),
      );
      return tokensOf(AuthenticationResult);
    },
    async refresh(refreshToken) {
      try {
        const { AuthenticationResult } = await client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken: refreshToken }));
        return tokensOf(AuthenticationResult);
      } catch (error) {
        if (isNamed(error, "NotAuthorizedException", "RefreshTokenReuseException", "InvalidParameterException"))
          throw new Problem(
            identityProblems.badRefreshToken,
            "This refresh token is used up, revoked or unknown. Sign in with email and password.",
          );
        throw problemOf(error);
      }
    },
    // A token that is not one of ours is as good as revoked.
    revoke: (refreshToken) => silently(client.send(new RevokeTokenCommand({ ClientId, Token: refreshToken }))),
    async changePassword(AccessToken, PreviousPassword, ProposedPassword) {
      await told(client.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword })), "newPassword");
    },
    forgotPassword: (email) => silently(client.send(new ForgotPasswordCommand({ ClientId, Username: email }))),
    async resetPassword(email, code, newPassword) {
      await told(
        client.send(new ConfirmForgotPasswordCommand({ ClientId, Username: email, ConfirmationCode: code, Password: newPassword })),
        "newPassword",
      );
    },
    async signOutEverywhere(email) {
      try {
        const { UserAttributes } = await client.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email }));
        await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: email }));
        return { userId: attribute(UserAttributes, "sub") };
      } catch (error) {
        if (isNamed(error, "UserNotFoundException")) return undefined;
        throw problemOf(error);
      }
    },
    async whoIs(AccessToken) {
      try {
        const { UserAttributes } = await client.send(new GetUserCommand({ AccessToken }));
        const [userId, email] = [attribute(UserAttributes, "sub"), attribute(UserAttributes, "email")];
        return { userId, email, displayName: attribute(UserAttributes, "name") || email.slice(0, email.indexOf("@")) };
      } catch (error) {
        if (isNamed(error, "NotAuthorizedException", "UserNotFoundException"))
          throw new Problem(problems.unauthenticated, "This sign-in was ended. Sign in again.");
        throw problemOf(error);
      }
    },
  };
}

const attribute = (attributes: { Name?: string; Value?: string }[] | undefined, name: string): string =>
  attributes?.find((entry) => entry.Name === name)?.Value ?? "";

function tokensOf(result: AuthenticationResultType | undefined): Tokens {
  const { AccessToken, IdToken, RefreshToken, ExpiresIn } = result ?? {};
  if (!AccessToken || !IdToken || !RefreshToken || !ExpiresIn) throw new Error("Cognito answered a sign-in without tokens.");
  return { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken, expiresInSeconds: ExpiresIn };
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof CognitoIdentityProviderServiceException && names.includes(error.name);

async function told<T>(call: Promise<T>, passwordField = "password"): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw problemOf(error, passwordField);
  }
}

/** For calls whose answer must not tell whether an email is known: only trouble of our own comes through. */
async function silently(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const about = [
      "UserNotFoundException",
      "InvalidParameterException",
      "NotAuthorizedException",
      "LimitExceededException",
      "UnsupportedTokenTypeException",
    ];
    if (!isNamed(error, ...about)) throw problemOf(error);
  }
}

/** Cognito's errors in our words; what is not about the caller's input stays a fault of ours. */
function problemOf(error: unknown, passwordField = "password"): unknown {
  if (!(error instanceof CognitoIdentityProviderServiceException)) return error;
  switch (error.name) {
    case "NotAuthorizedException":
      return error.message.includes("attempts exceeded")
        ? new Problem(problems.rateLimited, "Too many wrong passwords. Wait a while, or reset the password.", {
            headers: { "retry-after": "60" },
          })
        : new Problem(identityProblems.badCredentials, "No account has this email and password.");
    case "UserNotFoundException":
      return new Problem(identityProblems.badCredentials, "No account has this email and password.");
    case "UserNotConfirmedException":
      return new Problem(identityProblems.notConfirmed, "Enter the code from the email we sent, or ask for a new one.");
    case "InvalidPasswordException":
      return new Problem(identityProblems.weakPassword, passwordRule, {
        errors: [{ pointer: `#/${passwordField}`, detail: passwordRule }],
      });
    case "CodeMismatchException":
    case "ExpiredCodeException":
      return new Problem(identityProblems.badCode, "Enter the newest code from your mail, or ask for a new one.");
    case "LimitExceededException":
    case "TooManyFailedAttemptsException":
    case "TooManyRequestsException":
      return new Problem(problems.rateLimited, "Too many attempts. Try again in a while.", {
        headers: { "retry-after": "60" },
        cause: error,
      });
    case "InvalidParameterException":
      return new Problem(problems.invalid, "The user pool does not accept this value. Check the email and the password.", { cause: error });
    default:
      return error;
  }
}

/** The policy of stacks/identity.ts in words. */
export const passwordRule = "Use at least 10 characters with a lower-case letter, an upper-case letter and a digit.";
