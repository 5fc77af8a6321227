import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newerData } from "./data-folder.ts";

/**
 * Opens one service's SQLite file and brings it up to date. `steps` are SQL, in order: a file knows how many of them it has had (`user_version`), and gets
 * the others, each in one transaction, so a start that is killed in between is taken up where it was. Steps that were released never change; a new need
 * is a new step. The first one must pass over what is there (`IF NOT EXISTS`): files from before there were steps count as having had none.
 *
 * WAL with synchronous NORMAL keeps every acknowledged write when the process is killed (not when the power is cut), at a tenth of the cost of FULL.
 *
 * @throws StartError for a file that has had more steps than there are: a newer program wrote it
 */
export function openDatabase(file: string, steps: readonly string[]): DatabaseSync {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    migrate(database, file, steps);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function migrate(database: DatabaseSync, file: string, steps: readonly string[]): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > steps.length) throw newerData(file, version, steps.length);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;");
  for (const [index, step] of steps.entries())
    if (index >= version) transaction(database, () => database.exec(`${step}; PRAGMA user_version = ${index + 1};`));
}

/** Runs `work` in one transaction: all of its writes, or none. `work` must be synchronous. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
