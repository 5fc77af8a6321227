import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TableProperties } from "../template/read.ts";
import { type Call, defineTable } from "./tables.ts";
import { watchWrites } from "./writes.ts";

export type DynamoDb = {
  url: string;
  /** Idempotent: indexes may change, rows stay. Throws `StartError` for another key. */
  defineTable(name: string, properties: TableProperties): Promise<void>;
  call: Call;
  /** A number that changes whenever anything was written: a cheap way to notice news. */
  dataVersion(): number;
  /** Resolves when it is time to ask for that number again, or when the signal aborts. */
  written(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

/** How many stream records are kept at a start even though they were read: reading slows with their number. */
const keptStreamRecords = 5_000;

/**
 * Starts dynoxide on a free loopback port and waits until it answers. Of the stream's past only what was read goes: the records up to the sequence number
 * `streamsReadUntil`, none if that is not given.
 */
export async function startDynamoDb(folder: string, region: string, streamsReadUntil = 0): Promise<DynamoDb> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "dynamodb.sqlite");
  if (existsSync(file)) tidyStreams(file, streamsReadUntil);
  const port = await freePort();
  const child = spawnBound(binary(), ["serve", "--host", "127.0.0.1", "--port", String(port), "--db-path", file]);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const call = makeCall(url, region);
  await answers(child, call, () => said);
  tidyStreams(file);
  const watcher = new DatabaseSync(file, { readOnly: true });
  const version = watcher.prepare("PRAGMA data_version");

  const writes = watchWrites(folder);

  return {
    url,
    call,
    written: writes.next,
    dataVersion: () => Number(version.get()?.data_version),
    async defineTable(name, properties) {
      await defineTable(call, name, properties);
      tidyStreams(file);
    },
    async close() {
      writes.close();
      watcher.close();
      await stop(child);
    },
  };
}

/** Its stream reader looks for the newest record without an index: one index and a bounded past keep it fast. */
function tidyStreams(file: string, readUntil = 0): void {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    const columns = database.prepare("SELECT name FROM pragma_table_info('_stream_records')").all();
    if (columns.length === 0) return;
    database.exec(`
      CREATE INDEX IF NOT EXISTS atelier_stream_newest ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
      CREATE INDEX IF NOT EXISTS atelier_stream_reading ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
    `);
    database
      .prepare(
        "DELETE FROM _stream_records WHERE CAST(sequence_number AS INTEGER) <= min(?, (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records) - ?)",
      )
      .run(readUntil, keptStreamRecords);
  } finally {
    database.close();
  }
}

function binary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, process.platform === "win32" ? "dynoxide.exe" : "dynoxide");
  } catch (cause) {
    throw new Error(`The embedded cloud needs the package ${name}, which is not installed. Run “npm ci” on this machine.`, { cause });
  }
}

function makeCall(url: string, region: string): Call {
  return async <T>(target: string, input: unknown) => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": target,
        // dynoxide wants these to be there and checks no signature.
        "x-amz-date": "20260101T000000Z",
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    const answer = (await response.json()) as { __type?: string; message?: string };
    if (!response.ok) throw new Error(`${target}: ${answer.__type ?? response.status} ${answer.message ?? ""}`);
    return answer as T;
  };
}

async function answers(child: ChildProcess, call: Call, said: () => string): Promise<void> {
  const patienceMs = 10_000;
  for (const until = Date.now() + patienceMs; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`dynoxide ended at its start: ${said()}`);
    try {
      await call("DynamoDB_20120810.ListTables", {});
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  child.kill("SIGKILL");
  throw new Error(`dynoxide did not answer within ${patienceMs / 1000} s: ${said()}`);
}

/**
 * A process that ends with this one, also if this one is killed: a shell holds the other end of a pipe and ends it when the pipe closes.
 * Without a shell (Windows) the process is started plainly.
 */
function spawnBound(command: string, args: string[]): ChildProcess {
  if (process.platform === "win32") return spawn(command, args, { stdio: ["pipe", "ignore", "pipe"] });
  const script = [
    'exec 3<&0; "$0" "$@" </dev/null 3<&- & child=$!',
    "{ read -r _ <&3; kill $child; } 2>/dev/null & watch=$!",
    "exec 3<&-; wait $child; code=$?; kill $watch 2>/dev/null; exit $code",
  ].join("\n");
  // A group of its own: Ctrl-C must not end it before those who still write to it.
  return spawn("sh", ["-c", script, command, ...args], { stdio: ["pipe", "ignore", "pipe"], detached: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    if (process.platform === "win32") child.kill();
    else child.stdin?.end();
    setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
  });
}
