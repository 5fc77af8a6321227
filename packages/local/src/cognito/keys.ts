import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

export type TokenUse = "access" | "id";
export type Key = { kid: string; poolId: string; tokenUse: TokenUse; privateKey: KeyObject; publicKey: KeyObject };
export type Jwk = { kty: "RSA"; use: "sig"; alg: "RS256"; kid: string; n: string; e: string };

/** A pool has two RSA keys of 2048 bits, as AWS has: one signs access tokens, one ID tokens. */
export type Keys = {
  /** Makes the pool's keys if it has none. */
  ensure(poolId: string): void;
  signing(poolId: string, tokenUse: TokenUse): Key;
  byKid(kid: string): Key | undefined;
  jwks(poolId: string): { keys: Jwk[] };
  /** Known to the pool alone and always the same: what is made up for strangers hangs on it. */
  secret(poolId: string): Buffer;
};

type Row = { kid: string; pool_id: string; token_use: TokenUse; private_pem: string };

export function openKeys(database: DatabaseSync): Keys {
  // Keys never change; reading a PEM costs more than the signature it is for.
  const parsed = new Map<string, Key>();
  const ofPool = (poolId: string) => (database.prepare("SELECT * FROM keys WHERE pool_id = ?").all(poolId) as Row[]).map(toKey);

  function toKey(row: Row): Key {
    const known = parsed.get(row.kid);
    if (known) return known;
    const privateKey = createPrivateKey(row.private_pem);
    const key = { kid: row.kid, poolId: row.pool_id, tokenUse: row.token_use, privateKey, publicKey: createPublicKey(privateKey) };
    parsed.set(row.kid, key);
    return key;
  }

  function signing(poolId: string, tokenUse: TokenUse): Key {
    const key = ofPool(poolId).find((candidate) => candidate.tokenUse === tokenUse);
    if (!key) throw new Error(`Pool ${poolId} has no key for ${tokenUse} tokens.`);
    return key;
  }

  return {
    signing,
    ensure(poolId) {
      const insert = database.prepare("INSERT OR IGNORE INTO keys (kid, pool_id, token_use, private_pem) VALUES (?, ?, ?, ?)");
      const present = ofPool(poolId);
      for (const tokenUse of ["access", "id"] as const) {
        if (present.some((key) => key.tokenUse === tokenUse)) continue;
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
        insert.run(randomBytes(32).toString("base64"), poolId, tokenUse, pem);
      }
    },
    byKid(kid) {
      const row = database.prepare("SELECT * FROM keys WHERE kid = ?").get(kid) as Row | undefined;
      return row && toKey(row);
    },
    secret: (poolId) =>
      createHash("sha256")
        .update(signing(poolId, "access").privateKey.export({ type: "pkcs8", format: "der" }))
        .digest(),
    jwks: (poolId) => ({
      keys: ofPool(poolId).map(({ kid, publicKey }) => {
        const { n = "", e = "" } = publicKey.export({ format: "jwk" });
        return { kty: "RSA", use: "sig", alg: "RS256", kid, n, e };
      }),
    }),
  };
}
