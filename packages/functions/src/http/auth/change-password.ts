import { changePassword, identityProblems } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Password } from "./schemas.ts";

export const changePasswordOperation = operation({
  id: "changePassword",
  method: "POST",
  path: "/v1/auth/password/change",
  area: "Accounts",
  summary: "Change the password",
  description: "It ends every sign-in within about a second, this one too: sign in with the new one.",
  auth: "user",
  status: 204,
  body: z.strictObject({ currentPassword: Password, newPassword: Password }),
  problems: [identityProblems.badCredentials, identityProblems.weakPassword, problems.rateLimited],
  example: { body: { currentPassword: "Sunrise-1843", newPassword: "Moonrise-1852" } },
  run: (_ctx, { body }, caller) => changePassword(signInDeps(), caller, body),
});
