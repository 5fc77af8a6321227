import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A folder for something that is not finished yet. */
export type Staging = {
  /** An empty folder for its owner alone, to be filled and perhaps moved away. */
  path: string;
  /** Removes what is left of it. */
  close(): void;
};

/** Its lock is one of SQLite's, which ends with its process, however that ends: so {@link sweep} can tell what is still being made. */
const lockName = "lock.sqlite";

/** Makes one; its name begins with `prefix`, which is a path. */
export function openStaging(prefix: string): Staging {
  const folder = mkdtempSync(prefix);
  const lock = new DatabaseSync(join(folder, lockName));
  lock.exec("BEGIN EXCLUSIVE");
  const path = join(folder, "data");
  mkdirSync(path, { mode: 0o700 });
  return {
    path,
    close() {
      lock.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Removes what processes that were killed have left under `prefix`: it may hold copies of keys. Folders without a lock are not of {@link openStaging}. */
export function sweep(prefix: string): void {
  const within = dirname(prefix);
  if (!isOpen(within)) return;
  for (const name of readdirSync(within)) {
    const folder = join(within, name);
    if (name.startsWith(basename(prefix)) && existsSync(join(folder, lockName)) && !isHeld(join(folder, lockName)))
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether something could be removed from there. */
function isOpen(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** One that cannot be opened is somebody's: another one that sweeps may have removed it this moment. */
function isHeld(file: string): boolean {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return false;
  } catch {
    return true;
  } finally {
    lock?.close();
  }
}
