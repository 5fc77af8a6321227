import type { ProblemType } from "../kernel/index.ts";

export const identityProblems = {
  badCredentials: { code: "auth/bad-credentials", status: 401, title: "Email or password is wrong" },
  notConfirmed: { code: "auth/not-confirmed", status: 403, title: "Confirm your email first" },
  weakPassword: { code: "auth/weak-password", status: 422, title: "The password is too weak" },
  badCode: { code: "auth/bad-code", status: 422, title: "The code is wrong or has expired" },
  ageCheckRefused: { code: "auth/age-check-refused", status: 403, title: "This age check is not taken" },
  badRefreshToken: { code: "auth/bad-refresh-token", status: 401, title: "Sign in again" },
} as const satisfies Record<string, ProblemType>;
