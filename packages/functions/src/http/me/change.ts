import { changeProfile, myAccount, ProfileChange } from "@atelier/core/identity";
import { problems } from "@atelier/core/kernel";
import { table } from "../../clients.ts";
import { pool } from "../auth/deps.ts";
import { operation } from "../operation.ts";
import { Account, accountView, exampleAccount } from "./schemas.ts";

export const changeMe = operation({
  id: "changeMe",
  method: "PATCH",
  path: "/v1/me",
  area: "Accounts",
  summary: "Change your profile",
  auth: "user",
  status: 200,
  body: ProfileChange,
  response: Account,
  headers: ["ETag"],
  problems: [problems.conflict, problems.preconditionFailed],
  example: { body: { bio: "Landscapes, mostly.", timeZone: "Europe/Paris" }, response: exampleAccount },
  async run(ctx, { body }, { userId, accessToken, ifVersion, tier }) {
    const deps = { table: table(), pool: pool() };
    const account = await myAccount(ctx, deps, userId, accessToken);
    return { account: await changeProfile(ctx, deps, account, body, ifVersion), tier };
  },
  view: accountView,
});
