import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, read, readdirSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { promisify } from "node:util";
import { transaction } from "../database.ts";

const readAt = promisify(read);

/** What is answered with an object, names in lower case: `content-type`, `cache-control` …; `x-amz-meta-*`; `x-amz-checksum-*`. */
export type ObjectHeaders = Record<string, string>;

export type StoredObject = {
  bucket: string;
  key: string;
  /** The name of the file that holds its bytes: random, so that no key can lead anywhere on the disk. */
  file: string;
  size: number;
  /** MD5 in hex, without quotes. */
  etag: string;
  headers: ObjectHeaders;
  metadata: ObjectHeaders;
  checksums: ObjectHeaders;
  /** Epoch ms of the product's clock. */
  modifiedAt: number;
};

export type NewObject = Omit<StoredObject, "file" | "size">;

/** An object's bytes: `write` puts them into the file at `path`, which is not there yet. */
export type Content = { size: number; write(path: string): Promise<void> };

export const contentOf = (body: Buffer): Content => ({ size: body.length, write: (path) => writeFile(path, body, { flag: "wx" }) });

export type Objects = ReturnType<typeof makeObjects>;

/**
 * Objects as rows, their bytes as files in `folder`. A write puts the bytes into a new file first and then swaps the row, so a reader
 * sees the old object or the new one, whole; `inTransaction` runs with the swap and may refuse it by throwing.
 */
export function makeObjects(database: DatabaseSync, folder: string) {
  mkdirSync(folder, { recursive: true });
  const select = database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ?");
  const upsert = database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const erase = database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ?");
  // SQLite compares text as UTF-8 bytes, which is the order in which S3 lists.
  const from = database.prepare("SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key");
  const old = database.prepare("SELECT * FROM objects WHERE bucket = ? AND modified_at <= ?");
  const buckets = database.prepare("SELECT DISTINCT bucket FROM objects ORDER BY bucket");
  removeOrphans(database, folder);

  const find = (bucket: string, key: string): StoredObject | undefined => {
    const row = select.get(bucket, key);
    return row && toObject(row);
  };
  const discard = (object: StoredObject | undefined) => object && rm(join(folder, object.file), { force: true });

  return {
    find,

    async put(object: NewObject, content: Content, inTransaction: (current: StoredObject | undefined) => void): Promise<void> {
      const file = randomUUID();
      const path = join(folder, file);
      let replaced: StoredObject | undefined;
      try {
        await content.write(path);
        const { bucket, key, etag, headers, metadata, checksums, modifiedAt } = object;
        const texts = [headers, metadata, checksums].map((fields) => JSON.stringify(fields));
        transaction(database, () => {
          replaced = find(bucket, key);
          inTransaction(replaced);
          upsert.run(bucket, key, file, content.size, etag, ...texts, modifiedAt);
        });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      await discard(replaced);
    },

    /** False if there was none, or if `inTransaction` wants to keep what is there. */
    async remove(bucket: string, key: string, inTransaction: (current: StoredObject) => boolean): Promise<boolean> {
      const removed = transaction(database, () => {
        const current = find(bucket, key);
        if (!current || !inTransaction(current)) return undefined;
        erase.run(bucket, key);
        return current;
      });
      await discard(removed);
      return removed !== undefined;
    },

    /**
     * Bytes from `start` up to `end`, not included. `object` must come from {@link find} in the same turn of the event loop: once its
     * file is open, it outlives being overwritten.
     */
    async read({ file }: StoredObject, start: number, end: number): Promise<Buffer> {
      const descriptor = openSync(join(folder, file), "r");
      const bytes = Buffer.allocUnsafe(end - start);
      try {
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await readAt(descriptor, bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) throw new Error(`The file ${file} is shorter than its row says.`);
          at += bytesRead;
        }
      } finally {
        closeSync(descriptor);
      }
      return bytes;
    },

    /** In the order of S3: from `prefix` on, after `after`. The caller stops where it has enough. */
    *list(bucket: string, prefix: string, after: string): Generator<StoredObject> {
      for (const row of from.iterate(bucket, prefix, after)) yield toObject(row);
    },

    buckets: (): string[] => buckets.all().map((row) => String(row.bucket)),

    modifiedUntil: (bucket: string, at: number): StoredObject[] => old.all(bucket, at).map(toObject),
  };
}

const toObject = (row: Record<string, SQLOutputValue>): StoredObject => ({
  bucket: String(row.bucket),
  key: String(row.key),
  file: String(row.file),
  size: Number(row.size),
  etag: String(row.etag),
  headers: JSON.parse(String(row.headers)),
  metadata: JSON.parse(String(row.metadata)),
  checksums: JSON.parse(String(row.checksums)),
  modifiedAt: Number(row.modified_at),
});

/** A process that was killed may leave files of writes that it never finished, or of objects and parts that it had just replaced. */
function removeOrphans(database: DatabaseSync, folder: string): void {
  const known = new Set(
    database
      .prepare("SELECT file FROM objects UNION ALL SELECT file FROM parts")
      .all()
      .map((row) => row.file),
  );
  for (const file of readdirSync(folder)) if (!known.has(file)) rmSync(join(folder, file), { recursive: true, force: true });
}
