/** Tokens of one sign-in. `expiresInSeconds` is the access token's life. */
export type Tokens = { accessToken: string; idToken: string; refreshToken: string; expiresInSeconds: number };

/** Port of the user pool: the only place where passwords, codes and refresh tokens go. Its problems are those of identity. */
export type UserPool = {
  /** Undefined if the email is taken, by whomever and in whatever state. */
  signUp(email: string, password: string, displayName: string): Promise<{ userId: string } | undefined>;
  confirm(email: string, code: string): Promise<void>;
  resendConfirmation(email: string): Promise<void>;
  signIn(email: string, password: string): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Tokens>;
  revoke(refreshToken: string): Promise<void>;
  changePassword(accessToken: string, currentPassword: string, newPassword: string): Promise<void>;
  forgotPassword(email: string): Promise<void>;
  resetPassword(email: string, code: string, newPassword: string): Promise<void>;
  /** Ends every refresh token of the person; undefined if there is nobody. */
  signOutEverywhere(email: string): Promise<{ userId: string } | undefined>;
  whoIs(accessToken: string): Promise<{ userId: string; email: string; displayName: string }>;
};

/** Port of the mail service. */
export type Mailer = { send(mail: { to: string; subject: string; text: string }): Promise<void> };
