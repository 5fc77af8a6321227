import { signOut } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { signInDeps } from "./deps.ts";

export const logoutOperation = operation({
  id: "logout",
  method: "POST",
  path: "/v1/auth/logout",
  area: "Accounts",
  summary: "Sign out",
  description: "Ends the refresh token. With the access token in `Authorization`, that one stops within a second too.",
  auth: "optional",
  status: 204,
  body: z.strictObject({ refreshToken: z.string().min(1).max(4_096) }),
  problems: [problems.rateLimited],
  example: { body: { refreshToken: "k1uX…" } },
  run: (_ctx, { body }, { userId, signIn }) => signOut(signInDeps(), body.refreshToken, userId ? { userId, signIn } : undefined),
});
