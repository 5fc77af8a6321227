import { createHash, randomUUID } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { copyFile, open, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { makeFolder, newerData, StartError } from "../data-folder.ts";
import { snapshot } from "./snapshot.ts";
import { openStaging, type Staging, sweep } from "./staging.ts";
import { ArchiveError, pack, type Source, unpack } from "./ustar.ts";

/** The last entry of an archive: what came before it. Whatever is not in it, or is not what it says, was not written by a whole backup. */
type Manifest = { format: number; createdAt: string; files: Record<string, { bytes: number; sha256: string }> };

const manifestName = "manifest.json";
const settingsName = "settings.json";
const format = 1;
/** Nothing that could lead out of the folder into which it is written. */
const safeName = /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/;

export type Archived = { files: number; bytes: number };

/** Writes the state of one moment of a data folder into `file` (tar, gzip). Throws {@link StartError}. */
export async function backUp(dataFolder: string, file: string): Promise<Archived> {
  if (!existsSync(join(dataFolder, settingsName)))
    throw new StartError(`There is no data in ${dataFolder}. Name its folder: --data FOLDER`);
  if (existsSync(file)) throw new StartError(`${file} is there already. Choose another name: npm run backup -- FILE`);
  // Two backups to one name each write their own.
  const part = `${file}.${randomUUID()}.part`;
  const output = await told(`${file} cannot be written`, "Choose another: npm run backup -- FILE", () => {
    makeFolder(dirname(file));
    // It holds keys and password hashes.
    return open(part, "w", 0o600);
  });
  let staging: Staging | undefined;
  try {
    staging = await told(`${dataFolder} cannot be written to`, "A backup needs room for copies there.", () => {
      sweep(join(dataFolder, "backup-"));
      // Beside the data, since links cannot leave a disk.
      return openStaging(join(dataFolder, "backup-"));
    });
    const { path } = staging;
    return await told("The backup was given up", "Nothing was changed.", async () => {
      const names = await snapshot(dataFolder, path);
      // After the databases: it holds nothing that they refer to, but the version of what they may hold.
      await copyFile(join(dataFolder, settingsName), join(path, settingsName));
      const manifest: Manifest = { format, createdAt: new Date().toISOString(), files: {} };
      const contents = describe([settingsName, ...names], path, manifest);
      await pipeline(Readable.from(pack(contents)), createGzip(), output.createWriteStream());
      renameSync(part, file);
      return countOf(manifest);
    });
  } finally {
    await output.close();
    rmSync(part, { force: true });
    staging?.close();
  }
}

/** Does `work`; what the system refuses it is told as `what`, why, and `advice`. */
async function told<T>(what: string, advice: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    throw new StartError(`${what} (${code}). ${advice}`, { cause });
  }
}

/** The files under their names, and at the end what they were. */
async function* describe(names: string[], folder: string, manifest: Manifest): AsyncGenerator<Source> {
  for (const name of names) {
    const path = join(folder, name);
    manifest.files[name] = await digestOf(createReadStream(path));
    yield { name, path };
  }
  const path = join(folder, manifestName);
  await writeFile(path, JSON.stringify(manifest, null, 2));
  yield { name: manifestName, path };
}

/**
 * Makes the data folder that an archive holds. It appears whole or not at all.
 * @throws StartError for a folder that is not empty, a damaged archive, and one that would write elsewhere
 */
export async function restore(file: string, dataFolder: string): Promise<Archived> {
  if (!existsSync(file)) throw new StartError(`There is no file ${file}.`);
  const another = "Choose another: npm run restore -- FILE --data FOLDER";
  if (statSync(file).isDirectory()) throw new StartError(`${file} is a folder. Name the archive: npm run restore -- FILE --data FOLDER`);
  if (existsSync(dataFolder) && !statSync(dataFolder).isDirectory()) throw new StartError(`${dataFolder} is a file. ${another}`);
  if (existsSync(dataFolder) && readdirSync(dataFolder).length > 0)
    throw new StartError(`${dataFolder} is not empty, and nothing in it was changed. ${another}`);
  const staging = await told(`The folder ${dataFolder} cannot be made`, another, () => {
    makeFolder(dirname(dataFolder));
    sweep(`${dataFolder}.part-`);
    return openStaging(`${dataFolder}.part-`);
  });
  try {
    return await told(`${file} cannot be restored to ${dataFolder}`, "Nothing was changed.", async () => {
      const manifest = await extract(file, staging.path);
      rmSync(join(staging.path, manifestName));
      if (existsSync(dataFolder)) rmdirSync(dataFolder);
      renameSync(staging.path, dataFolder);
      return countOf(manifest);
    });
  } catch (error) {
    const why = damageIn(error);
    if (why === undefined) throw error;
    throw new StartError(`${file} cannot be restored: ${why} Nothing was changed. Take another copy of it.`, { cause: error });
  } finally {
    staging.close();
  }
}

/** What is wrong with the archive, as a sentence; undefined if the error says nothing about it. */
function damageIn(error: unknown): string | undefined {
  if (error instanceof ArchiveError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  // zlib's own words are none.
  return code?.startsWith("Z_") ? `it was cut short or changed (${message}).` : undefined;
}

async function extract(file: string, folder: string): Promise<Manifest> {
  const found: Manifest["files"] = {};
  const unzipped = createGunzip();
  const piped = pipeline(createReadStream(file), unzipped);
  // Who reads it below meets the error too.
  piped.catch(() => undefined);
  for await (const { name, bytes } of unpack(unzipped)) {
    if (!safeName.test(name)) throw new ArchiveError(`it names ${JSON.stringify(name)}, which may lie elsewhere.`);
    if (Object.hasOwn(found, name)) throw new ArchiveError(`it holds ${name} twice.`);
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    found[name] = await keep(bytes, path);
  }
  await piped;
  return check(found, folder);
}

async function check({ [manifestName]: last, ...found }: Manifest["files"], folder: string): Promise<Manifest> {
  if (!last) throw new ArchiveError("its list of contents is missing, so it is no whole backup.");
  const manifest = readManifest(await readFile(join(folder, manifestName), "utf8"));
  if (manifest.format > format) throw newerData("The archive", manifest.format, format);
  for (const name of new Set([...Object.keys(manifest.files), ...Object.keys(found)]))
    if (found[name]?.sha256 !== manifest.files[name]?.sha256) throw new ArchiveError(`${name} is not what was backed up.`);
  if (!found[settingsName]) throw new ArchiveError(`${settingsName} is missing.`);
  return manifest;
}

function readManifest(text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest>;
    if (typeof manifest.format === "number" && typeof manifest.createdAt === "string" && manifest.files) return manifest as Manifest;
  } catch {
    // Told below.
  }
  throw new ArchiveError("its list of contents is damaged.");
}

type Digest = Manifest["files"][string];

/** The digest of a stream; `also` gets its chunks, one at a time. */
async function digestOf(stream: AsyncIterable<Buffer>, also?: (chunk: Buffer) => Promise<void>): Promise<Digest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
    await also?.(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Writes a new file. It is closed when this is over, however it ends, so that its folder can be removed. */
async function keep(content: AsyncIterable<Buffer>, path: string): Promise<Digest> {
  const file = await open(path, "wx", 0o600);
  try {
    return await digestOf(content, (chunk) => file.appendFile(chunk));
  } finally {
    await file.close();
  }
}

function countOf({ files }: Manifest): Archived {
  const all = Object.values(files);
  return { files: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
}
