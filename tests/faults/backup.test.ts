import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { removeFolder, temporaryFolder } from "../harness/atelier.ts";
import { type CloudProcess, clientsOf, root, startCloudProcess } from "../harness/cloud.ts";
import { clientIdIn, countOf, danglingIn, drain, faultsIn, nothingYet, objectsOf, rowsOf, subOf, writers } from "../harness/load.ts";
import { until } from "../harness/until.ts";

/** Runs `npm run backup` or `restore` as a person does. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "packages/local/src/backup/main.ts"), ...args], {
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}` };
}

const folders: string[] = [];
const newFolder = () => {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

describe("a backup made while everything is written to", () => {
  let source: string;
  let archive: string;
  const before = nothingYet();
  let cloud: CloudProcess | undefined;
  afterEach(() => cloud?.kill());

  test("disturbs no writer", async () => {
    source = join(newFolder(), "data");
    archive = join(newFolder(), "atelier.tar.gz");
    cloud = await startCloudProcess(source);
    const clients = clientsOf(cloud.environment);
    const all = nothingYet();
    const clientId = clientIdIn(join(source, "cognito.sqlite"));
    const ended = Promise.allSettled(writers(clients, clientId, all, () => undefined).map((write) => write()));
    await until("a hundred writes", async () => countOf(all) >= 100);
    for (const id of all.rows) before.rows.add(id);
    for (const key of all.objects) before.objects.add(key);
    for (const [email, sub] of all.users) before.users.set(email, sub);
    for (const id of all.sent) before.sent.add(id);

    // Not waited for synchronously: the writers go on.
    const making = spawn(process.execPath, [join(root, "packages/local/src/backup/main.ts"), "backup", archive, "--data", source]);
    const status = await new Promise((resolve) => making.once("close", resolve));
    expect(status).toBe(0);
    const then = countOf(all);
    await until("more writes", async () => countOf(all) > then + 20);
    for (const id of all.deleted) before.deleted.add(id);
    await cloud.kill();
    clients.destroy();
    expect(faultsIn(await ended)).toEqual([]);
    expect(readdirSync(source).filter((name) => name.startsWith("backup-"))).toEqual([]);
  });

  test("holds all that was acknowledged before it, nothing half, and starts", async () => {
    const target = join(newFolder(), "restored");
    expect(run("restore", archive, "--data", target)).toMatchObject({ status: 0, said: expect.stringContaining("npm start -- --data") });
    cloud = await startCloudProcess(target);
    const clients = clientsOf(cloud.environment);
    const rows = await rowsOf(clients);
    for (const id of before.rows) expect(rows.has(id)).toBe(true);
    expect([...rows].filter(([pk, sks]) => sks.join() !== (pk.startsWith("pair") ? "left,right" : "only"))).toEqual([]);
    const { keys, damaged } = await objectsOf(clients);
    for (const key of before.objects) expect(keys.has(key)).toBe(true);
    expect(damaged).toEqual([]);
    expect(danglingIn(rows, keys)).toEqual([]);
    const left = new Set(await drain(clients, "Work"));
    // Deleted meanwhile, or held by a receiver.
    const gone = [...before.sent].filter((id) => !left.has(id) && !before.deleted.has(id));
    expect(gone.length).toBeLessThanOrEqual(1);
    for (const [email, sub] of before.users) expect(await subOf(clients, email)).toBe(sub);
    clients.destroy();
  });

  test("opens with any tar, and only its owner can read it", () => {
    const folder = newFolder();
    execFileSync("tar", ["xzf", archive, "-C", folder]);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["cognito.sqlite", "dynamodb", "manifest.json", "s3", "settings.json", "sqs.sqlite"]),
    );
    expect(statSync(archive).mode & 0o077).toBe(0);
  });
});

/** A data folder and its archive, alone in a folder. */
async function backedUp() {
  const folder = newFolder();
  const [source, archive] = [join(folder, "data"), join(folder, "atelier.tar.gz")];
  await (await startCloudProcess(source)).kill();
  expect(run("backup", archive, "--data", source).status).toBe(0);
  return { folder, source, archive };
}

describe("an archive", () => {
  let source: string;
  let archive: string;
  beforeAll(async () => {
    ({ source, archive } = await backedUp());
  });

  /** Tries to restore it; what was said, and whether anything was left. */
  function tryRestore(file: string) {
    const folder = newFolder();
    const result = run("restore", file, "--data", join(folder, "target"));
    return { ...result, left: readdirSync(folder) };
  }
  const changed = (change: (tar: Buffer) => Buffer): string => {
    const file = join(newFolder(), "changed.tar.gz");
    writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(archive)))));
    return file;
  };
  /** Gives the first file in the archive another name, with a right header. */
  const renamed = (name: string, type = "0") =>
    changed((tar) => {
      const copy = Buffer.from(tar);
      copy.fill(0, 0, 100);
      copy.write(name, 0);
      copy.write(type, 156);
      copy.write("        ", 148);
      const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
      return copy;
    });

  test("that was cut short or changed in any way is refused, and leaves nothing", () => {
    const bytes = readFileSync(archive);
    const write = (content: Buffer) => {
      const file = join(newFolder(), "damaged.tar.gz");
      writeFileSync(file, content);
      return file;
    };
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
    const damaged = [
      write(bytes.subarray(0, bytes.length / 2)),
      write(bytes.subarray(0, bytes.length - 4)),
      write(flipped),
      write(Buffer.from("no archive at all")),
      write(Buffer.alloc(0)),
      // Zipped anew, so that only the archive's own sums can tell.
      changed((tar) => Buffer.concat([tar.subarray(0, 600), Buffer.from("X"), tar.subarray(601)])),
      changed((tar) => Buffer.concat([Buffer.from("X"), tar.subarray(1)])),
      changed((tar) => Buffer.concat([tar.subarray(0, tar.length - 4096), Buffer.alloc(1024)])),
    ];
    for (const [index, file] of damaged.entries())
      expect(tryRestore(file), `no. ${index}`).toEqual({ status: 1, said: expect.stringContaining("cannot be restored"), left: [] });
  });

  test.each(["../escaped", "/tmp/escaped", "a/../../escaped", "..", "a\\..\\escaped", "./x"])("that names %s is refused", (name) => {
    expect(tryRestore(renamed(name))).toEqual({ status: 1, said: expect.stringContaining("may lie elsewhere"), left: [] });
  });

  test("that holds a link is refused", () => {
    expect(tryRestore(renamed("settings.json", "2"))).toEqual({
      status: 1,
      said: expect.stringContaining("not an ordinary file"),
      left: [],
    });
  });

  test("is not restored over data, and not written over a file", () => {
    const before = readFileSync(join(source, "settings.json"), "utf8");
    expect(run("restore", archive, "--data", source)).toMatchObject({ status: 1, said: expect.stringContaining("is not empty") });
    expect(readFileSync(join(source, "settings.json"), "utf8")).toBe(before);
    expect(run("backup", archive, "--data", source)).toMatchObject({ status: 1, said: expect.stringContaining("is there already") });
  });

  test("goes into an empty folder, and gives the same keys and ids", async () => {
    const target = join(newFolder(), "empty");
    mkdirSync(target);
    expect(run("restore", archive, "--data", target).status).toBe(0);
    expect(existsSync(join(target, "manifest.json"))).toBe(false);
    const [restored, original] = [await startCloudProcess(target), await startCloudProcess(source)];
    await Promise.all([restored.kill(), original.kill()]);
    const pool = (cloud: CloudProcess) => clientsOf(cloud.environment).poolId;
    expect(restored.environment.AWS_SECRET_ACCESS_KEY).toBe(original.environment.AWS_SECRET_ACCESS_KEY);
    expect(pool(restored)).toBe(pool(original));
  });

  test("is not made of a folder without data, and says what is missing", () => {
    const folder = newFolder();
    expect(run("backup", join(folder, "x.tar.gz"), "--data", folder)).toMatchObject({
      status: 1,
      said: expect.stringContaining("no data in"),
    });
    expect(run("restore")).toMatchObject({ status: 1, said: expect.stringContaining("Which file") });
    expect(run("restore", join(folder, "none.tar.gz"))).toMatchObject({ status: 1, said: expect.stringContaining("There is no file") });
    rmSync(folder, { recursive: true });
  });
});

/** Begins `npm run backup` or `restore`, to be met on its way. */
function begin(...args: string[]) {
  const child = spawn(process.execPath, [join(root, "packages/local/src/backup/main.ts"), ...args]);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    ended,
    kill() {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

/** Unfinished work beside or in a data folder that some process had begun to keep. */
const unfinished = (folder: string, mark: string) =>
  readdirSync(folder).filter((name) => name.includes(mark) && readdirSync(join(folder, name)).length > 0);

describe("what kill -9 leaves of", () => {
  let source: string;
  let archive: string;
  beforeAll(async () => {
    ({ source, archive } = await backedUp());
  });

  /** Lets no backup go further than its start until `work` is over. */
  async function heldUp(work: () => Promise<void>): Promise<void> {
    const database = new DatabaseSync(join(source, "sqs.sqlite"));
    database.exec("BEGIN IMMEDIATE");
    try {
      await work();
    } finally {
      database.close();
    }
  }
  const killedBackup = () =>
    heldUp(async () => {
      const making = begin("backup", join(newFolder(), "never.tar.gz"), "--data", source);
      await until("its copies", async () => unfinished(source, "backup-").length > 0);
      await making.kill();
      expect(unfinished(source, "backup-")).toHaveLength(1);
    });

  test("a backup goes with the next backup", async () => {
    await killedBackup();
    expect(run("backup", join(newFolder(), "next.tar.gz"), "--data", source).status).toBe(0);
    expect(unfinished(source, "backup-")).toEqual([]);
  });

  test("a backup goes with the next start", async () => {
    await killedBackup();
    await (await startCloudProcess(source)).kill();
    expect(unfinished(source, "backup-")).toEqual([]);
  });

  test("a restore goes with the next start or the next restore, and others' folders stay", async () => {
    const folder = newFolder();
    const target = join(folder, "target");
    const stranger = join(folder, "target.part-mine00");
    mkdirSync(stranger);
    // A pipe into which nobody writes: it waits for the archive's first byte.
    const pipe = join(folder, "pipe.tar.gz");
    execFileSync("mkfifo", [pipe]);
    const killedRestore = async () => {
      const making = begin("restore", pipe, "--data", target);
      await until("its files", async () => unfinished(folder, "target.part-").length > 0);
      await making.kill();
      expect(unfinished(folder, "target.part-")).toHaveLength(1);
    };
    await killedRestore();
    expect(run("restore", archive, "--data", target).status).toBe(0);
    expect(unfinished(folder, "target.part-")).toEqual([]);
    rmSync(target, { recursive: true });
    await killedRestore();
    await (await startCloudProcess(target)).kill();
    expect(unfinished(folder, "target.part-")).toEqual([]);
    expect(existsSync(stranger)).toBe(true);
  });

  test("others is swept, but never a backup that is still being made", async () => {
    const files = [join(newFolder(), "first.tar.gz"), join(newFolder(), "second.tar.gz")];
    let making: ReturnType<typeof begin>[] = [];
    await heldUp(async () => {
      for (const [index, file] of files.entries()) {
        making = [...making, begin("backup", file, "--data", source)];
        await until("its copies", async () => unfinished(source, "backup-").length > index);
      }
    });
    expect(await Promise.all(making.map(({ ended }) => ended))).toEqual([0, 0]);
    for (const file of files) expect(run("restore", file, "--data", join(dirname(file), "data")).status).toBe(0);
  });
});

describe.runIf(process.platform === "linux")("what cannot be done is told in words, and with what to do", () => {
  let source: string;
  let archive: string;
  let folder: string;
  beforeAll(async () => {
    ({ folder, source, archive } = await backedUp());
    writeFileSync(join(folder, "file"), "");
    writeFileSync(join(folder, "short.tar.gz"), readFileSync(archive).subarray(0, 2_000));
  });

  test.each([
    ["a restore to a file", () => ["restore", archive, "--data", join(folder, "file")], /is a file.*Choose another: npm run restore/],
    ["a restore into a file", () => ["restore", archive, "--data", join(folder, "file/x")], /cannot be made \(ENOTDIR\).*Choose another/],
    ["a restore where nothing can be made", () => ["restore", archive, "--data", "/proc/x/y"], /cannot be made \(ENOENT\).*Choose another/],
    [
      "a restore beside which nothing can be made",
      () => ["restore", archive, "--data", "/proc/x"],
      /cannot be made \(ENOENT\).*Choose another/,
    ],
    ["a restore of a folder", () => ["restore", source, "--data", join(folder, "new")], /is a folder.*Name the archive/],
    [
      "a restore of what was cut short",
      () => ["restore", join(folder, "short.tar.gz"), "--data", join(folder, "new")],
      /cannot be restored: it was cut short or changed \(unexpected end of file\)\. Nothing was changed\. Take another copy of it\./,
    ],
    [
      "a backup where nothing can be written",
      () => ["backup", "/proc/x.tar.gz", "--data", source],
      /cannot be written \(ENOENT\).*Choose another/,
    ],
    [
      "a backup into a file",
      () => ["backup", join(folder, "file/x.tar.gz"), "--data", source],
      /cannot be written \(ENOTDIR\).*Choose another/,
    ],
  ])("%s", (_what, args, words) => {
    const { status, said } = run(...args());
    expect(status).toBe(1);
    expect(said).toMatch(words);
    expect(said.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(["atelier.tar.gz", "data", "file", "short.tar.gz"]);
    expect(readdirSync(source).filter((name) => name.startsWith("backup-"))).toEqual([]);
  });
});
