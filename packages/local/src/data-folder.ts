import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sweep } from "./backup/staging.ts";
import { canTurnTo, clockRange } from "./clock.ts";

/** A start that cannot be, for a reason that a person can mend: the message says how. */
export class StartError extends Error {}

/**
 * The version of the folder's layout, written into settings.json; folders from before it was written count as 1. Each database has a version of its
 * own besides (database.ts). It grows when a start of the former program on the folder would do harm: with 2, rows keep most of an object in one text.
 */
const dataVersion = 2;

/** Says what to do about data of a later release. `what` is a file or a folder. */
export const newerData = (what: string, found: number, known: number): StartError =>
  new StartError(
    `${what} was written by a newer Atelier (its data has version ${found}, this program knows ${known}), and was left as it is. ` +
      "Start it with that version, restore a backup from before the update into a new folder (npm run restore), or start with other data: npm start -- --data FOLDER",
  );

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
    makeFolder(path);
    accessSync(path, constants.W_OK);
    keepToOwner(path);
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
  let settings: Settings;
  try {
    sweep(join(path, "backup-"));
    sweep(`${path}.part-`);
    settings = existsSync(file) ? readSettings(file, path) : newSettings();
  } catch (error) {
    lock.close();
    throw error;
  }
  // By another name first: a process that is killed while it writes leaves the old file.
  const save = () => {
    writeFileSync(`${file}.part`, `${JSON.stringify({ dataVersion, ...settings }, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  };
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

/** Makes a folder, and those above it, for its owner alone. Not by `recursive`: where the system makes no folders (/proc), that never ends in Node 24. */
export function makeFolder(path: string): void {
  if (!existsSync(path)) {
    makeFolder(dirname(path));
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Another process may have been faster.
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    }
  }
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(`${path} is no folder.`), { code: "ENOTDIR", syscall: "mkdir" });
}

/** What this program makes in a data folder, and what SQLite puts beside it. */
const own = /^(settings\.json(\.part)?|holder|[a-z]+\.sqlite(-\w+)?|dynamodb|s3|mail|logs|backup-.+)$/;

/** It holds mails, keys and password hashes. A folder that is somebody else's, or has other things in it, is left as it is: others may need them. */
function keepToOwner(path: string): void {
  const { uid, mode } = statSync(path);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0 && readdirSync(path).every((name) => own.test(name))) chmodSync(path, 0o700);
}

const newSettings = (): Settings => ({
  accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString("base64"),
  clockOffsetMs: 0,
});

function readSettings(file: string, folder: string): Settings {
  try {
    const { dataVersion: written = 1, ...settings } = JSON.parse(readFileSync(file, "utf8")) as Partial<Settings> & {
      dataVersion?: number;
    };
    const { accessKeyId, secretAccessKey, clockOffsetMs } = settings;
    if (written > dataVersion) throw newerData(folder, written, dataVersion);
    if (typeof accessKeyId === "string" && typeof secretAccessKey === "string" && Number.isInteger(clockOffsetMs)) {
      const offset = clockOffsetMs ?? 0;
      if (canTurnTo(offset)) return { accessKeyId, secretAccessKey, clockOffsetMs: offset };
      throw new StartError(
        `${file} turns the clock out of ${clockRange} (\`clockOffsetMs\` is ${offset}). Set it to 0 there and start again: everything else stays.`,
      );
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    // Told below.
  }
  throw new StartError(`${file} is damaged. Remove it: links that were handed out and the turned clock are lost, everything else stays.`);
}
