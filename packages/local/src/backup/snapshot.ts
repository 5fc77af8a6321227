import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { StartError } from "../data-folder.ts";

const databases = ["dynamodb/dynamodb.sqlite", "s3/s3.sqlite", "sqs.sqlite", "events.sqlite", "cognito.sqlite", "positions.sqlite"];
/** Files in these are written once, whole, and never changed. */
const folders = ["s3/objects", "mail"];
const patienceMs = 5_000;

/**
 * Copies the state of one moment out of a data folder, whether or not a cloud runs on it; returns the names of the copies under `to`.
 *
 *   all write locks taken ── every database pinned, every file linked ── all write locks given back ── the pinned states are copied
 *                         └────────── some milliseconds, in which writers wait ─────────┘
 *
 * A pinned state is a read transaction of SQLite's WAL: it stays what it was however much is written meanwhile. Since all are pinned while nobody can
 * write, no row is without its event, its message or its object. A file that a row names goes only after a write, so it is there to be linked.
 */
export async function snapshot(from: string, to: string): Promise<string[]> {
  const names = databases.filter((name) => existsSync(join(from, name)));
  const locks = names.map((name) => open(join(from, name)));
  const pinned = names.map((name) => open(join(from, name)));
  try {
    for (const lock of locks) takeWriteLock(lock, from);
    for (const database of pinned) database.exec("BEGIN; SELECT count(*) FROM sqlite_schema;");
    const files = folders.flatMap((folder) => linkAll(folder, from, to));
    for (const lock of locks) lock.exec("ROLLBACK");

    for (const [index, name] of names.entries()) {
      const database = pinned[index];
      mkdirSync(dirname(join(to, name)), { recursive: true });
      if (database) await backup(database, join(to, name));
    }
    return [...names, ...files];
  } finally {
    for (const database of [...locks, ...pinned]) database.close();
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout = ${patienceMs}`);
  return database;
}

function takeWriteLock(database: DatabaseSync, folder: string): void {
  try {
    database.exec("BEGIN IMMEDIATE");
  } catch (cause) {
    throw new StartError(
      `The data in ${folder} is too busy to be copied (${(cause as Error).message}). Try again, or stop Atelier first.`,
      {
        cause,
      },
    );
  }
}

/** Gives each file a second name, which costs nothing and outlives the first; where the disk cannot do that, a copy. */
function linkAll(folder: string, from: string, to: string): string[] {
  if (!existsSync(join(from, folder))) return [];
  mkdirSync(join(to, folder), { recursive: true });
  const names = readdirSync(join(from, folder)).filter((name) => !name.endsWith(".part"));
  const taken = names.filter((name) => {
    const [source, target] = [join(from, folder, name), join(to, folder, name)];
    try {
      linkSync(source, target);
    } catch (error) {
      // What no row names may go at any time; the database's copy does not name it either.
      if ((error as { code?: string }).code === "ENOENT") return false;
      copyFileSync(source, target);
    }
    return true;
  });
  return taken.map((name) => `${folder}/${name}`);
}
