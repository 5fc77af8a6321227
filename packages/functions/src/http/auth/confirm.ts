import { confirm, identityProblems } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Code, Email, exampleEmail } from "./schemas.ts";

export const confirmOperation = operation({
  id: "confirmEmail",
  method: "POST",
  path: "/v1/auth/confirm",
  area: "Accounts",
  summary: "Confirm the address with the emailed code",
  auth: "none",
  status: 204,
  body: z.strictObject({ email: Email, code: Code }),
  problems: [identityProblems.badCode, problems.rateLimited],
  example: { body: { email: exampleEmail, code: "184302" } },
  run: (_ctx, { body }) => confirm(signInDeps(), body),
});
