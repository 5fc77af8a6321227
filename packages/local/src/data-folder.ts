import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A start that cannot be, for a reason that a person can mend: the message says how. */
export class StartError extends Error {}

export type Settings = { accessKeyId: string; secretAccessKey: string; clockOffsetMs: number };

export type DataFolder = {
  path: string;
  settings: Settings;
  saveClock(offsetMs: number): void;
  close(): void;
};

/**
 * Takes the folder for this process alone. The lock is one of SQLite's: it ends with the process, however that ends, so nothing stale can stay behind.
 * Throws {@link StartError} that names the holder.
 */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new StartError(
      `The folder ${path} cannot be written to (${(cause as { code?: string }).code}). Choose another: npm start -- --data FOLDER`,
      { cause },
    );
  }
  const holder = join(path, "holder");
  const lock = new DatabaseSync(join(path, "lock.sqlite"));
  try {
    lock.exec(
      "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (pid INTEGER); COMMIT; BEGIN EXCLUSIVE;",
    );
  } catch (cause) {
    if (!/locked|busy/i.test(String(cause)))
      throw new StartError(`The lock of ${path} cannot be used: ${(cause as Error).message}.`, { cause });
    const who = existsSync(holder) ? readFileSync(holder, "utf8").trim() : "another process";
    throw new StartError(`The data in ${path} is in use by ${who}. Stop that one, or start with other data: npm start -- --data FOLDER`);
  }
  const file = join(path, "settings.json");
  const settings = existsSync(file) ? readSettings(file) : newSettings();
  // By another name first: a process that is killed while it writes leaves the old file.
  const save = () => {
    writeFileSync(`${file}.part`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  };
  if (!existsSync(file)) save();
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

const newSettings = (): Settings => ({
  accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString("base64"),
  clockOffsetMs: 0,
});

function readSettings(file: string): Settings {
  try {
    const { accessKeyId, secretAccessKey, clockOffsetMs } = JSON.parse(readFileSync(file, "utf8")) as Partial<Settings>;
    if (typeof accessKeyId === "string" && typeof secretAccessKey === "string" && Number.isInteger(clockOffsetMs))
      return { accessKeyId, secretAccessKey, clockOffsetMs: clockOffsetMs ?? 0 };
  } catch {
    // Told below.
  }
  throw new StartError(`${file} is damaged. Remove it: links that were handed out and the turned clock are lost, everything else stays.`);
}
