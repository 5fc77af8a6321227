import { identityProblems, register } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Email, exampleEmail, Password } from "./schemas.ts";

export const registerOperation = operation({
  id: "register",
  method: "POST",
  path: "/v1/auth/register",
  area: "Accounts",
  summary: "Sign up with an email address",
  description: "A known address gets the same answer as a new one; its owner is told by mail.",
  auth: "none",
  status: 201,
  body: z.strictObject({ email: Email, password: Password, displayName: z.string().trim().min(1).max(80) }),
  response: z.object({ userId: z.uuid().max(36), confirmation: z.literal("email_code") }),
  problems: [identityProblems.weakPassword, problems.rateLimited],
  example: {
    body: { email: exampleEmail, password: "Sunrise-1843", displayName: "Ada" },
    response: { userId: "0b0a6c2e-4d6e-4a57-9f1f-0d5f6b8f2f10", confirmation: "email_code" },
  },
  run: (_ctx, { body }) => register(signInDeps(), body),
});
