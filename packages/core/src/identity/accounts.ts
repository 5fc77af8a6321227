import {
  Conflict,
  type Context,
  insert,
  instant,
  type Key,
  Problem,
  problems,
  replace,
  requireVersion,
  type Table,
} from "../kernel/index.ts";
import type { Account, ProfileChange } from "./account.ts";
import { ageOfMajority, yearsSince } from "./age.ts";
import type { UserPool } from "./pool.ts";

export const accountKey = (userId: string): Key => ({ pk: `user/${userId}`, sk: "account" });
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

/** Whose personal workspace it is: the way back. */
export function ownerOf(workspaceId: string): string {
  const bits = [...workspaceId.slice(4)].reduce((sum, char) => (sum << 5n) | BigInt(crockford.indexOf(char)), 0n);
  const hex = bits.toString(16).padStart(32, "0");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The address of a workspace's owner, once they have looked at their account. */
export const addressOf = async ({ table }: { table: Table }, workspaceId: string): Promise<string | undefined> =>
  (await table.get<Account>(accountKey(ownerOf(workspaceId))))?.email;

export type AccountDeps = { table: Table; pool: UserPool };

/** The zone that a person has chosen, UTC until then. In one's own workspace it is the workspace's. */
export const timeZoneOf = async (table: Table, userId: string): Promise<string> =>
  (await table.get<Account>(accountKey(userId)))?.timeZone ?? "UTC";

/** The caller's account. The first look at it makes it, from what the user pool knows. */
export async function myAccount(ctx: Context, { table, pool }: AccountDeps, userId: string, accessToken: string): Promise<Account> {
  const known = await table.get<Account>(accountKey(userId));
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
    await table.write(insert({ ...accountKey(userId), ...account }));
    return account;
  } catch (error) {
    if (error instanceof Conflict) return myAccount(ctx, { table, pool }, userId, accessToken);
    throw error;
  }
}

function assertBorn(ctx: Context, dateOfBirth: string | null | undefined): void {
  if (typeof dateOfBirth !== "string" || dateOfBirth <= instant(ctx.clock.now()).slice(0, 10)) return;
  throw new Problem(problems.invalid, "That day is still to come.", {
    errors: [{ pointer: "#/dateOfBirth", detail: "A day that has been, as YYYY-MM-DD." }],
  });
}

/** `at`: epoch milliseconds. Without an account, or without a date of birth in it, nobody is of age. */
export async function adulthoodOf(
  { table }: Pick<AccountDeps, "table">,
  userId: string,
  at: number,
): Promise<{ declared: boolean; verified: boolean }> {
  const { dateOfBirth, ageConfirmedAt } = (await table.get<Account>(accountKey(userId))) ?? {};
  const declared = dateOfBirth !== undefined && yearsSince(dateOfBirth, at) >= ageOfMajority;
  return { declared, verified: declared && ageConfirmedAt !== undefined };
}

/** `ifVersion` is the version that the caller has seen, if it said so. */
export async function changeProfile(
  ctx: Context,
  { table }: AccountDeps,
  account: Account,
  change: ProfileChange,
  ifVersion?: number,
): Promise<Account> {
  const { dateOfBirth, ...rest } = change;
  assertBorn(ctx, dateOfBirth);
  const { dateOfBirth: was, ageConfirmedAt, ...kept } = requireVersion(account, ifVersion, "account");
  const birth = dateOfBirth === undefined ? was : (dateOfBirth ?? undefined);
  const changed: Account = {
    ...kept,
    ...rest,
    ...(birth !== undefined && { dateOfBirth: birth }),
    ...(ageConfirmedAt !== undefined && birth === was && { ageConfirmedAt }),
    updatedAt: instant(ctx.clock.now()),
    version: account.version + 1,
  };
  await table.write(replace({ ...accountKey(account.userId), ...changed }));
  return changed;
}
