import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { AwsError } from "../wire/aws-json.ts";
import type { Login, Realm } from "./realm.ts";
import type { Secrets } from "./secrets.ts";

export type User = {
  /** A UUID; also the user name, since the pool signs in by email. */
  sub: string;
  poolId: string;
  email: string;
  /** The address as it is compared: without case. */
  emailKey: string;
  emailVerified: boolean;
  status: "UNCONFIRMED" | "CONFIRMED";
  enabled: boolean;
  /** Salted scrypt hash. */
  password: string;
  /** What SRP needs of the password; undefined while it has none, see secrets.ts. */
  verifier: string | undefined;
  /** Standard attributes beside email, e.g. `name`. */
  attributes: Record<string, string>;
  createdAt: number;
  modifiedAt: number;
};

type Row = Record<"sub" | "pool_id" | "email" | "email_key" | "password" | "attributes", string> &
  Record<"email_verified" | "enabled" | "created_at" | "modified_at", number> & { status: User["status"]; verifier: string | null };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const emailKeyOf = (email: string): string => email.normalize("NFC").toLowerCase();
export const loginOf = (poolId: string, username: string, user: User | undefined): Login => ({
  poolId,
  emailKey: user?.emailKey ?? emailKeyOf(username),
});

/** Finds a user by what Cognito takes as a user name: the email address in any case, or the `sub`. */
export function findUser(database: DatabaseSync, poolId: string, username: string): User | undefined {
  const [column, value] = uuid.test(username) ? ["sub", username] : ["email_key", emailKeyOf(username)];
  return fromRow(database.prepare(`SELECT * FROM users WHERE pool_id = ? AND ${column} = ?`).get(poolId, value) as Row | undefined);
}

/** @throws UserNotFoundException, for callers who may know */
export function userNamed(database: DatabaseSync, poolId: string, username: string): User {
  const user = findUser(database, poolId, username);
  if (!user) throw userNotFound();
  return user;
}

export const userNotFound = (): AwsError => new AwsError("UserNotFoundException", "User does not exist.");

/** @throws UsernameExistsException; the unique index decides, so of parallel sign-ups one wins */
export function insertUser(database: DatabaseSync, user: User): void {
  const { changes } = database
    .prepare(
      `INSERT INTO users (sub, pool_id, email, email_key, email_verified, status, enabled, password, verifier, attributes, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pool_id, email_key) DO NOTHING`,
    )
    .run(
      user.sub,
      user.poolId,
      user.email,
      user.emailKey,
      Number(user.emailVerified),
      user.status,
      Number(user.enabled),
      user.password,
      user.verifier ?? null,
      JSON.stringify(user.attributes),
      user.createdAt,
      user.modifiedAt,
    );
  if (changes === 0) throw usernameExists();
}

export const usernameExists = (): AwsError => new AwsError("UsernameExistsException", "An account with the given email already exists.");

export function confirmUser(realm: Realm, sub: string): void {
  update(realm, sub, "status = 'CONFIRMED', email_verified = 1");
}

export function setEnabled(realm: Realm, sub: string, enabled: boolean): void {
  update(realm, sub, "enabled = ?", Number(enabled));
}

export function setPassword(realm: Realm, sub: string, { password, verifier }: Secrets): void {
  update(realm, sub, "password = ?, verifier = ?", password, verifier ?? null);
}

/** Gives a verifier to a user of before there were any, at a password sign-in. */
export function setVerifier({ database }: Realm, { sub, password }: User, verifier: string): void {
  database.prepare("UPDATE users SET verifier = ? WHERE sub = ? AND password = ?").run(verifier, sub, password);
}

/** Deletes the user with all sessions and pending codes. */
export function deleteUser({ database }: Realm, { sub, poolId, emailKey }: User): void {
  database.prepare("DELETE FROM users WHERE sub = ?").run(sub);
  database.prepare("DELETE FROM codes WHERE pool_id = ? AND email_key = ?").run(poolId, emailKey);
}

/** `[{Name, Value}]` as GetUser and AdminGetUser tell them. */
export function wireAttributes({ sub, email, emailVerified, attributes }: User): { Name: string; Value: string }[] {
  const all = { sub, email_verified: String(emailVerified), ...attributes, email };
  return Object.entries(all).map(([Name, Value]) => ({ Name, Value }));
}

function update({ database, clock }: Realm, sub: string, assignments: string, ...values: SQLInputValue[]): void {
  database.prepare(`UPDATE users SET ${assignments}, modified_at = ? WHERE sub = ?`).run(...values, clock.now(), sub);
}

function fromRow(row: Row | undefined): User | undefined {
  return (
    row && {
      sub: row.sub,
      poolId: row.pool_id,
      email: row.email,
      emailKey: row.email_key,
      emailVerified: row.email_verified === 1,
      status: row.status,
      enabled: row.enabled === 1,
      password: row.password,
      verifier: row.verifier ?? undefined,
      attributes: JSON.parse(row.attributes) as Record<string, string>,
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
    }
  );
}
