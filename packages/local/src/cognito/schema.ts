/** The steps of the database, see database.ts. Times are epoch milliseconds: of tokens in real time, of everything else by the product's clock. */
export const steps = [
  `
CREATE TABLE IF NOT EXISTS pools (
  id TEXT PRIMARY KEY, logical_id TEXT NOT NULL UNIQUE, spec TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS clients (
  id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, logical_id TEXT NOT NULL, spec TEXT NOT NULL,
  UNIQUE (pool_id, logical_id)
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
  kid TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, token_use TEXT NOT NULL, private_pem TEXT NOT NULL,
  UNIQUE (pool_id, token_use)
) STRICT;
CREATE TABLE IF NOT EXISTS users (
  sub TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools, email TEXT NOT NULL, email_key TEXT NOT NULL,
  email_verified INTEGER NOT NULL, status TEXT NOT NULL, enabled INTEGER NOT NULL, password TEXT NOT NULL,
  attributes TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  UNIQUE (pool_id, email_key)
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  origin_jti TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE, event_id TEXT NOT NULL,
  authenticated_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (sub);
CREATE INDEX IF NOT EXISTS sessions_of_client ON sessions (client_id);
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
CREATE TABLE IF NOT EXISTS refresh_tokens (
  hash TEXT PRIMARY KEY, origin_jti TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, replaced_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS refresh_tokens_of_session ON refresh_tokens (origin_jti);
CREATE TABLE IF NOT EXISTS codes (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, purpose TEXT NOT NULL,
  salt TEXT NOT NULL, hash TEXT NOT NULL, expires_at INTEGER NOT NULL, wrong_guesses INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (pool_id, email_key, purpose)
) STRICT;
CREATE TABLE IF NOT EXISTS code_requests (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, purpose TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS code_requests_of_login ON code_requests (pool_id, email_key, purpose);
CREATE TABLE IF NOT EXISTS password_failures (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, count INTEGER NOT NULL, last_at INTEGER NOT NULL,
  PRIMARY KEY (pool_id, email_key)
) STRICT;
`,
  // What SRP, a second factor and their challenges need; failures are counted for more than passwords. A verifier is “salt.verifier” in hex; who has none
  // gets one with the next password.
  `
ALTER TABLE users ADD COLUMN verifier TEXT;
CREATE TABLE software_tokens (
  sub TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE, pending TEXT, secret TEXT, name TEXT,
  enabled INTEGER NOT NULL DEFAULT 0, preferred INTEGER NOT NULL DEFAULT 0, last_step INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE challenges (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
  sub TEXT REFERENCES users ON DELETE CASCADE, data TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX challenges_of_user ON challenges (sub);
CREATE INDEX challenges_of_client ON challenges (client_id);
CREATE INDEX challenges_by_expiry ON challenges (expires_at);
CREATE TABLE failures (
  pool_id TEXT NOT NULL, email_key TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, last_at INTEGER NOT NULL,
  PRIMARY KEY (pool_id, email_key, what)
) STRICT;
INSERT INTO failures SELECT pool_id, email_key, 'password', count, last_at FROM password_failures;
DROP TABLE password_failures;
`,
];
