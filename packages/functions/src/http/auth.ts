import { listAudit } from "./audit/list.ts";
import { changePasswordOperation } from "./auth/change-password.ts";
import { confirmOperation } from "./auth/confirm.ts";
import { forgotPasswordOperation } from "./auth/forgot-password.ts";
import { loginOperation } from "./auth/login.ts";
import { logoutOperation } from "./auth/logout.ts";
import { refreshOperation } from "./auth/refresh.ts";
import { registerOperation } from "./auth/register.ts";
import { resendConfirmationOperation } from "./auth/resend-confirmation.ts";
import { resetPasswordOperation } from "./auth/reset-password.ts";
import { changeMe } from "./me/change.ts";
import { getMe } from "./me/get.ts";
import { area } from "./pipeline.ts";

export const operations = [
  registerOperation,
  confirmOperation,
  resendConfirmationOperation,
  loginOperation,
  refreshOperation,
  logoutOperation,
  changePasswordOperation,
  forgotPasswordOperation,
  resetPasswordOperation,
  getMe,
  changeMe,
  listAudit,
];

export const handler = area("auth", operations);
