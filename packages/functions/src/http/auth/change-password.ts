import { identityProblems } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { pool } from "./deps.ts";
import { Password } from "./schemas.ts";

export const changePasswordOperation = operation({
  id: "changePassword",
  method: "POST",
  path: "/v1/auth/password/change",
  area: "Accounts",
  summary: "Change the password",
  auth: "user",
  status: 204,
  body: z.strictObject({ currentPassword: Password, newPassword: Password }),
  problems: [identityProblems.badCredentials, identityProblems.weakPassword, problems.rateLimited],
  example: { body: { currentPassword: "Sunrise-1843", newPassword: "Moonrise-1852" } },
  run: (_ctx, { body }, { accessToken }) => pool().changePassword(accessToken, body.currentPassword, body.newPassword),
});
