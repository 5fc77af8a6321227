import { myAccount } from "@atelier/core/identity";
import { table } from "../../clients.ts";
import { pool } from "../auth/deps.ts";
import { operation } from "../operation.ts";
import { Account, accountView, exampleAccount } from "./schemas.ts";

export const getMe = operation({
  id: "getMe",
  method: "GET",
  path: "/v1/me",
  area: "Accounts",
  summary: "Your account",
  auth: "user",
  status: 200,
  response: Account,
  headers: ["ETag"],
  problems: [],
  example: { response: exampleAccount },
  run: async (ctx, _input, { userId, accessToken, tier }) => ({
    account: await myAccount(ctx, { table: table(), pool: pool() }, userId, accessToken),
    tier,
  }),
  view: accountView,
});
