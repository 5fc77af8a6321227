import { resendConfirmation } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Email, exampleEmail } from "./schemas.ts";

export const resendConfirmationOperation = operation({
  id: "resendConfirmation",
  method: "POST",
  path: "/v1/auth/confirm/resend",
  area: "Accounts",
  summary: "Mail a new confirmation code",
  description: "The answer is the same whether the address is known or not.",
  auth: "none",
  status: 202,
  body: z.strictObject({ email: Email }),
  problems: [problems.rateLimited],
  example: { body: { email: exampleEmail } },
  run: (_ctx, { body }) => resendConfirmation(signInDeps(), body),
});
