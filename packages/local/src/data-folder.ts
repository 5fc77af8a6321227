import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export class DataFolderInUse extends Error {}

export type Settings = { accessKeyId: string; secretAccessKey: string; clockOffsetMs: number };

export type DataFolder = {
  path: string;
  settings: Settings;
  saveClock(offsetMs: number): void;
  close(): void;
};

/**
 * Takes the folder for this process alone. The lock is one of SQLite's: it ends with the process, however that ends, so nothing stale can stay behind.
 * Throws {@link DataFolderInUse} that names the holder.
 */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true });
  const holder = join(path, "holder");
  const lock = new DatabaseSync(join(path, "lock.sqlite"));
  try {
    lock.exec(
      "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (pid INTEGER); COMMIT; BEGIN EXCLUSIVE;",
    );
  } catch {
    const who = existsSync(holder) ? readFileSync(holder, "utf8").trim() : "another process";
    throw new DataFolderInUse(
      `The data in ${path} is in use by ${who}. Stop that one, or start with other data: npm start -- --data FOLDER`,
    );
  }
  const file = join(path, "settings.json");
  const settings: Settings = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Settings)
    : {
        accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        clockOffsetMs: 0,
      };
  const save = () => writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  save();
  writeFileSync(holder, `process ${process.pid}, started ${new Date().toISOString()}\n`);
  return {
    path,
    settings,
    saveClock(offsetMs) {
      settings.clockOffsetMs = offsetMs;
      save();
    },
    close() {
      rmSync(holder, { force: true });
      lock.close();
    },
  };
}
