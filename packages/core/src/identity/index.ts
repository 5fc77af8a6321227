export { type Account, isTimeZone, locales, ProfileChange, timeZone } from "./account.ts";
export { type AccountDeps, addressOf, adulthoodOf, changeProfile, myAccount, ownerOf, personalWorkspace, timeZoneOf } from "./accounts.ts";
export { AgeCheck, confirmAge } from "./age-check.ts";
export { sesMailer } from "./mailer.ses.ts";
export { cognitoPool, passwordRule } from "./pool.cognito.ts";
export type { Mailer, Tokens, UserPool } from "./pool.ts";
export { identityProblems } from "./problems.ts";
export {
  callerOf,
  changePassword,
  confirm,
  forgotPassword,
  register,
  resendConfirmation,
  resetPassword,
  type SignInDeps,
  signIn,
  signOut,
} from "./sign-in.ts";
