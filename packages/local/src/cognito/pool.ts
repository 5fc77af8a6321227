import { randomInt } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { transaction } from "../database.ts";
import { AwsError } from "../wire/aws-json.ts";
import type { PasswordPolicy } from "./passwords.ts";

/** An app client, as `AWS::Cognito::UserPoolClient` describes it. Validities may be fractions. */
export type ClientSpec = {
  logicalId: string;
  /** e.g. `ALLOW_USER_PASSWORD_AUTH`. */
  explicitAuthFlows: string[];
  refreshTokenValidityDays: number;
  accessTokenValidityMinutes: number;
  idTokenValidityMinutes: number;
  /** Present = rotation is on; the old token works for this long after its successor was made (0–60 s). */
  refreshTokenRotation?: { retryGracePeriodSeconds: number };
  preventUserExistenceErrors: boolean;
};

/** A user pool whose user names are email addresses, as `AWS::Cognito::UserPool` describes it. */
export type PoolSpec = {
  logicalId: string;
  passwordPolicy: PasswordPolicy;
  /** `AutoVerifiedAttributes: [email]`: sign-up mails a code. */
  autoVerifyEmail: boolean;
  /** Whether users may have a second factor, a software token. */
  mfa: "OFF" | "OPTIONAL";
  clients: ClientSpec[];
};

/** `srp`: one of its clients signs in by SRP, so verifiers are kept. */
export type Pool = Omit<PoolSpec, "clients"> & { id: string; srp: boolean };
export type Client = ClientSpec & { id: string; pool: Pool };

/** `clientIds` is keyed by logical id. */
export type DefinedPool = { poolId: string; clientIds: Record<string, string> };

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const randomText = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");

/** Makes the pool and its clients, or brings them up to the given spec; ids stay. Clients that are no longer named are deleted, as a deployment does. */
export function definePool(database: DatabaseSync, region: string, { clients, ...spec }: PoolSpec): DefinedPool {
  const srp = clients.some((client) => client.explicitAuthFlows.includes("ALLOW_USER_SRP_AUTH"));
  return transaction(database, () => {
    const { id: poolId } = database
      .prepare(
        `INSERT INTO pools (id, logical_id, spec) VALUES (?, ?, ?)
         ON CONFLICT (logical_id) DO UPDATE SET spec = excluded.spec RETURNING id`,
      )
      .get(`${region}_${randomText(letters, 9)}`, spec.logicalId, JSON.stringify({ ...spec, srp })) as { id: string };

    const upsertClient = database.prepare(
      `INSERT INTO clients (id, pool_id, logical_id, spec) VALUES (?, ?, ?, ?)
       ON CONFLICT (pool_id, logical_id) DO UPDATE SET spec = excluded.spec RETURNING id`,
    );
    const clientIds: Record<string, string> = {};
    for (const client of clients) {
      const made = upsertClient.get(randomText(letters.slice(26), 26), poolId, client.logicalId, JSON.stringify(client));
      clientIds[client.logicalId] = (made as { id: string }).id;
    }
    database
      .prepare("DELETE FROM clients WHERE pool_id = ? AND logical_id NOT IN (SELECT value FROM json_each(?))")
      .run(poolId, JSON.stringify(Object.keys(clientIds)));
    return { poolId, clientIds };
  });
}

/** @throws ResourceNotFoundException */
export function poolById(database: DatabaseSync, id: string): Pool {
  const row = database.prepare("SELECT spec FROM pools WHERE id = ?").get(id) as { spec: string } | undefined;
  if (!row) throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
  return { ...(JSON.parse(row.spec) as Omit<Pool, "id">), id };
}

/** @throws ResourceNotFoundException */
export function clientById(database: DatabaseSync, id: string): Client {
  const row = database.prepare("SELECT pool_id, spec FROM clients WHERE id = ?").get(id) as { pool_id: string; spec: string } | undefined;
  if (!row) throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
  return { ...(JSON.parse(row.spec) as ClientSpec), id, pool: poolById(database, row.pool_id) };
}
