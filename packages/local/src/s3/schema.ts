import { outboxSchema } from "../outbox.ts";

/** The steps of the database, see database.ts. Times are epoch milliseconds of the product's clock; `file` names a file in the folder `objects`. */
export const steps = [
  `
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    headers TEXT NOT NULL, metadata TEXT NOT NULL, checksums TEXT NOT NULL, modified_at INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notified_targets (bucket TEXT, target TEXT, PRIMARY KEY (bucket, target)) STRICT, WITHOUT ROWID;
  ${outboxSchema}
  `,
  // Uploads in parts.
  `
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, algorithm TEXT,
    headers TEXT NOT NULL, metadata TEXT NOT NULL, initiated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_key ON uploads (bucket, key, id);
  CREATE TABLE parts (
    upload_id TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, checksums TEXT NOT NULL, modified_at INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) STRICT, WITHOUT ROWID;
  `,
];
