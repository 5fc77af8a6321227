import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { transaction } from "../database.ts";
import type { Content, ObjectHeaders } from "./objects.ts";

/** An object that is being sent in parts. */
export type Upload = {
  id: string;
  bucket: string;
  key: string;
  /** Of the checksums that its parts are to carry, in lower case; undefined if none was named. */
  algorithm: string | undefined;
  headers: ObjectHeaders;
  metadata: ObjectHeaders;
  /** Epoch ms of the product's clock. */
  initiatedAt: number;
};

/** `number` is 1 to 10,000; the rest as with an object. */
export type Part = { number: number; file: string; size: number; etag: string; checksums: ObjectHeaders; modifiedAt: number };

/** A part that was completed with was replaced, or its upload aborted, before the object stood. */
export class PartsGone extends Error {}

export type Uploads = ReturnType<typeof makeUploads>;

/**
 * Uploads and their parts as rows; the parts' bytes as files in `folder`, beside those of objects. Nothing of an upload shows as an object
 * until one transaction makes the object and ends the upload.
 */
export function makeUploads(database: DatabaseSync, folder: string) {
  const insert = database.prepare("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)");
  const select = database.prepare("SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?");
  const ofBucket = database.prepare("SELECT * FROM uploads WHERE bucket = ? AND (key > ? OR (key = ? AND id > ?)) ORDER BY key, id");
  const erase = database.prepare("DELETE FROM uploads WHERE id = ?");
  const putPart = database.prepare("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)");
  const onePart = database.prepare("SELECT * FROM parts WHERE upload_id = ? AND number = ?");
  const allParts = database.prepare("SELECT * FROM parts WHERE upload_id = ? ORDER BY number");

  const find = (id: string, bucket: string, key: string): Upload | undefined => {
    const row = select.get(id, bucket, key);
    return row && toUpload(row);
  };
  const partsOf = (id: string): Part[] => allParts.all(id).map(toPart);
  const discard = async (parts: Part[]) => {
    for (const { file } of parts) await rm(join(folder, file), { force: true });
  };

  async function abort({ id }: Upload): Promise<void> {
    const parts = partsOf(id);
    erase.run(id);
    await discard(parts);
  }

  return {
    find,
    partsOf,
    abort,

    create(upload: Omit<Upload, "id">): string {
      const id = randomUUID();
      const { bucket, key, algorithm, headers, metadata, initiatedAt } = upload;
      insert.run(id, bucket, key, algorithm ?? null, JSON.stringify(headers), JSON.stringify(metadata), initiatedAt);
      return id;
    },

    /** Keeps a part in place of an earlier one of its number; false if the upload has ended meanwhile. */
    async put({ id, bucket, key }: Upload, part: Omit<Part, "file" | "size">, body: Buffer): Promise<boolean> {
      const file = randomUUID();
      const path = join(folder, file);
      let unwanted: Part[] = [];
      try {
        await writeFile(path, body, { flag: "wx" });
        const kept = transaction(database, () => {
          if (!find(id, bucket, key)) return false;
          unwanted = onePart.all(id, part.number).map(toPart);
          putPart.run(id, part.number, file, body.length, part.etag, JSON.stringify(part.checksums), part.modifiedAt);
          return true;
        });
        if (!kept) await rm(path, { force: true });
        await discard(unwanted);
        return kept;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },

    /** The bytes of `parts`, one after the other. Writing throws {@link PartsGone} if one was replaced meanwhile. */
    join: (parts: Part[]): Content => ({
      size: parts.reduce((sum, part) => sum + part.size, 0),
      async write(path) {
        try {
          // A pipeline hears of a part that is gone from the first moment on; a stream whose failure nobody hears of ends the process.
          for (const { file } of parts) await pipeline(createReadStream(join(folder, file)), createWriteStream(path, { flags: "a" }));
        } catch (error) {
          throw (error as { code?: string }).code === "ENOENT" ? new PartsGone() : error;
        }
      },
    }),

    /**
     * Ends an upload whose object was made of `parts`; to be called in the transaction that makes it. Returns all parts that it had, to be
     * discarded once that is committed. Throws {@link PartsGone}.
     */
    end({ id }: Upload, parts: Part[]): Part[] {
      const all = partsOf(id);
      const there = new Set(all.map(({ file }) => file));
      if (parts.some(({ file }) => !there.has(file))) throw new PartsGone();
      erase.run(id);
      return all;
    },

    /** Removes the bytes of parts whose rows are gone. */
    discard,

    /** In the order of key and id, after the given ones. The caller stops where it has enough. */
    *list(bucket: string, after: { key: string; id: string }): Generator<Upload> {
      for (const row of ofBucket.iterate(bucket, after.key, after.key, after.id)) yield toUpload(row);
    },

    /** Ends the uploads under `prefix` that were begun at `until` or before. */
    async abortOld(bucket: string, prefix: string, until: number): Promise<void> {
      const all = ofBucket.all(bucket, "", "", "").map(toUpload);
      for (const upload of all) if (upload.key.startsWith(prefix) && upload.initiatedAt <= until) await abort(upload);
    },
  };
}

const toUpload = (row: Record<string, SQLOutputValue>): Upload => ({
  id: String(row.id),
  bucket: String(row.bucket),
  key: String(row.key),
  algorithm: row.algorithm === null ? undefined : String(row.algorithm),
  headers: JSON.parse(String(row.headers)),
  metadata: JSON.parse(String(row.metadata)),
  initiatedAt: Number(row.initiated_at),
});

const toPart = (row: Record<string, SQLOutputValue>): Part => ({
  number: Number(row.number),
  file: String(row.file),
  size: Number(row.size),
  etag: String(row.etag),
  checksums: JSON.parse(String(row.checksums)),
  modifiedAt: Number(row.modified_at),
});
