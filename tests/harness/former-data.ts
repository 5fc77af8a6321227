import { randomBytes, scryptSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * A data folder as the first release left it, written by hand: no version anywhere, a user who has two wrong passwords to their name, a message,
 * an object. Nothing of today's code may be used here.
 */
export function writeFormerFolder(folder: string, { email, password }: { email: string; password: string }): void {
  mkdirSync(join(folder, "s3", "objects"), { recursive: true });
  const settings = { accessKeyId: "LOCAL0123456789ABCDEF", secretAccessKey: "a-secret-of-the-first-release", clockOffsetMs: 0 };
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  writeDatabase(join(folder, "cognito.sqlite"), cognito, (database) => {
    const salt = randomBytes(16);
    const hash = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 });
    const insert = (table: string, ...values: (string | number)[]) =>
      database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join()})`).run(...values);
    insert("pools", "eu-west-1_Former123", "Users", "{}");
    insert("clients", "formerclientformerclient12", "eu-west-1_Former123", "Client", "{}");
    const [sub, now] = ["11111111-1111-4111-8111-111111111111", Date.now()];
    const stored = `${salt.toString("base64url")}.${hash.toString("base64url")}`;
    insert("users", sub, "eu-west-1_Former123", email, email, 1, "CONFIRMED", 1, stored, '{"name":"Ada"}', now, now);
    insert("password_failures", "eu-west-1_Former123", email, 2, now);
  });
  writeDatabase(join(folder, "sqs.sqlite"), sqs, (database) => {
    database.prepare("INSERT INTO queues VALUES ('Work', '{\"visibilityTimeoutSeconds\":30,\"retentionSeconds\":345600}', 0, 0)").run();
    database
      .prepare("INSERT INTO messages (queue, id, body, attributes, sent_at, visible_at) VALUES ('Work', 'm-1', 'kept', '{}', ?, ?)")
      .run(Date.now(), Date.now());
  });
  writeFileSync(join(folder, "s3", "objects", "0f0f"), "bytes");
  writeDatabase(join(folder, "s3", "s3.sqlite"), s3, (database) =>
    database
      .prepare(
        "INSERT INTO objects VALUES ('media', 'kept', '0f0f', 5, '4b3a6218bb3e3a7303e8a171a60fcf92', '{\"content-type\":\"text/plain\"}', '{}', '{}', ?)",
      )
      .run(Date.now()),
  );
}

function writeDatabase(file: string, schema: string, fill: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; ${schema}`);
  fill(database);
  database.close();
}

const cognito = `
CREATE TABLE pools (id TEXT PRIMARY KEY, logical_id TEXT NOT NULL UNIQUE, spec TEXT NOT NULL) STRICT;
CREATE TABLE clients (
  id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, logical_id TEXT NOT NULL, spec TEXT NOT NULL, UNIQUE (pool_id, logical_id)
) STRICT;
CREATE TABLE keys (
  kid TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, token_use TEXT NOT NULL, private_pem TEXT NOT NULL, UNIQUE (pool_id, token_use)
) STRICT;
CREATE TABLE users (
  sub TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, email TEXT NOT NULL, email_key TEXT NOT NULL,
  email_verified INTEGER NOT NULL, status TEXT NOT NULL, enabled INTEGER NOT NULL, password TEXT NOT NULL,
  attributes TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, UNIQUE (pool_id, email_key)
) STRICT;
CREATE TABLE sessions (
  origin_jti TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE, event_id TEXT NOT NULL,
  authenticated_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE refresh_tokens (
  hash TEXT PRIMARY KEY, origin_jti TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, replaced_at INTEGER
) STRICT;
CREATE TABLE codes (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, purpose TEXT NOT NULL, salt TEXT NOT NULL, hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL, wrong_guesses INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (pool_id, email_key, purpose)
) STRICT;
CREATE TABLE code_requests (pool_id TEXT NOT NULL, email_key TEXT NOT NULL, purpose TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE password_failures (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, count INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (pool_id, email_key)
) STRICT;
`;

const sqs = `
CREATE TABLE queues (name TEXT PRIMARY KEY, settings TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
  seq INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL, group_id TEXT, trace TEXT,
  sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER,
  received_at INTEGER, receipt TEXT, dead_letter_source TEXT
) STRICT;
`;

const s3 = `
CREATE TABLE objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  headers TEXT NOT NULL, metadata TEXT NOT NULL, checksums TEXT NOT NULL, modified_at INTEGER NOT NULL, PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;
`;
