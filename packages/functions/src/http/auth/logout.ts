import { callerOf } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import * as z from "zod";
import { operation } from "../operation.ts";
import { gate } from "../pipeline.ts";
import { pool } from "./deps.ts";

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
  problems: [problems.unauthenticated, problems.rateLimited],
  example: { body: { refreshToken: "k1uX…" } },
  async run(_ctx, { body }, { userId, signIn }) {
    await pool().revoke(body.refreshToken);
    if (!userId) return;
    await gate().revoke(callerOf(userId), signIn);
    gate().forget(callerOf(userId));
  },
});
