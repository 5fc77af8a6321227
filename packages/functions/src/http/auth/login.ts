import { identityProblems, signIn, type Tokens as TokenSet } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";
import { Email, exampleEmail, exampleTokens, Password, Tokens } from "./schemas.ts";

export const tokensView = (tokens: TokenSet) => ({ body: { ...tokens, tokenType: "Bearer" as const } });

export const loginOperation = operation({
  id: "login",
  method: "POST",
  path: "/v1/auth/login",
  area: "Accounts",
  summary: "Sign in",
  auth: "none",
  status: 200,
  body: z.strictObject({ email: Email, password: Password }),
  response: Tokens,
  problems: [identityProblems.badCredentials, identityProblems.notConfirmed, problems.rateLimited],
  example: { body: { email: exampleEmail, password: "Sunrise-1843" }, response: exampleTokens },
  run: (_ctx, { body }) => signIn(signInDeps(), body),
  view: tokensView,
});
