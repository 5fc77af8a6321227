import { identityProblems } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { pool } from "./deps.ts";
import { tokensView } from "./login.ts";
import { exampleTokens, Tokens } from "./schemas.ts";

export const refreshOperation = operation({
  id: "refresh",
  method: "POST",
  path: "/v1/auth/refresh",
  area: "Accounts",
  summary: "Exchange the refresh token for new tokens",
  description:
    "A refresh token is good for one use; a repeat within ten seconds, as after a lost answer, is still taken. Using an old one later ends the whole sign-in, since somebody else may have it.",
  auth: "none",
  status: 200,
  body: z.strictObject({ refreshToken: z.string().min(1).max(4_096) }),
  response: Tokens,
  problems: [identityProblems.badRefreshToken, problems.rateLimited],
  example: { body: { refreshToken: "k1uX…" }, response: exampleTokens },
  run: (_ctx, { body }) => pool().refresh(body.refreshToken),
  view: tokensView,
});
