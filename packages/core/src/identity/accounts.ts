import { Conflict, type Context, insert, instant, type Key, replace, requireVersion, type Table } from "../kernel/index.ts";
import type { Account, ProfileChange } from "./account.ts";
import type { UserPool } from "./pool.ts";

const keyOf = (userId: string): Key => ({ pk: `user/${userId}`, sk: "account" });
const crockford = "0123456789abcdefghjkmnpqrstvwxyz".toUpperCase();

/** Everybody has a workspace of their own; its id follows from the user's, so that no request has to look it up. */
export function personalWorkspace(userId: string): string {
  let bits = BigInt(`0x${userId.replaceAll("-", "")}`);
  let text = "";
  for (let i = 0; i < 26; i += 1) {
    text = crockford[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `wks_${text}`;
}

export type AccountDeps = { table: Table; pool: UserPool };

/** The caller's account. The first look at it makes it, from what the user pool knows. */
export async function myAccount(ctx: Context, { table, pool }: AccountDeps, userId: string, accessToken: string): Promise<Account> {
  const known = await table.get<Account>(keyOf(userId));
  if (known) return known;
  const { email, displayName } = await pool.whoIs(accessToken);
  const at = instant(ctx.clock.now());
  const account: Account = {
    userId,
    email,
    displayName,
    bio: "",
    location: "",
    languages: [],
    locale: "en",
    timeZone: "UTC",
    links: [],
    workspaceId: ctx.workspaceId,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  try {
    await table.write(insert({ ...keyOf(userId), ...account }));
    return account;
  } catch (error) {
    if (error instanceof Conflict) return myAccount(ctx, { table, pool }, userId, accessToken);
    throw error;
  }
}

/** `ifVersion` is the version that the caller has seen, if it said so. */
export async function changeProfile(
  ctx: Context,
  { table }: AccountDeps,
  account: Account,
  change: ProfileChange,
  ifVersion?: number,
): Promise<Account> {
  const changed: Account = {
    ...requireVersion(account, ifVersion, "account"),
    ...change,
    updatedAt: instant(ctx.clock.now()),
    version: account.version + 1,
  };
  await table.write(replace({ ...keyOf(account.userId), ...changed }));
  return changed;
}
