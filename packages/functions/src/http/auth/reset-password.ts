import { identityProblems, resetPassword } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Code, Email, exampleEmail, Password } from "./schemas.ts";

export const resetPasswordOperation = operation({
  id: "resetPassword",
  method: "POST",
  path: "/v1/auth/password/reset",
  area: "Accounts",
  summary: "Set a new password with the emailed code",
  description: "Ends every sign-in of the account.",
  auth: "none",
  status: 204,
  body: z.strictObject({ email: Email, code: Code, newPassword: Password }),
  problems: [identityProblems.badCode, identityProblems.weakPassword, problems.rateLimited],
  example: { body: { email: exampleEmail, code: "184302", newPassword: "Moonrise-1852" } },
  run: (_ctx, { body }) => resetPassword(signInDeps(), body),
});
