import { hashPassword } from "./passwords.ts";
import type { Pool } from "./pool.ts";
import { makeVerifier } from "./srp.ts";

/** What is stored of a password: a salted scrypt hash, and, where a client of the pool signs in by SRP, the verifier which that needs. */
export type Secrets = { password: string; verifier: string | undefined };

export const makeSecrets = async (pool: Pool, sub: string, password: string): Promise<Secrets> => ({
  password: await hashPassword(password),
  verifier: pool.srp ? makeVerifier({ poolId: pool.id, sub }, password) : undefined,
});
