import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../packages/local/src/main.ts", import.meta.url));

/** The product's clock in a running Atelier. */
export type LocalClock = {
  advance(ms: number): Promise<void>;
  /** Epoch milliseconds. */
  now(): Promise<number>;
};

export function clockOf(url: string): LocalClock {
  const ask = async (body?: unknown) => {
    const response = await fetch(`${url}/_local/clock`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    return Date.parse(((await response.json()) as { now: string }).now);
  };
  return { advance: async (advanceMs) => void (await ask({ advanceMs })), now: () => ask() };
}

/** A running Atelier of one's own: a process, a data folder, a port. */
export type Atelier = LocalClock & {
  url: string;
  dataFolder: string;
  process: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** As Ctrl-C does; the exit code. */
  stop(): Promise<number | null>;
  /** As a power-off of the process does. Its children go with it. */
  kill(): Promise<void>;
};

/** `environment` is added to that of the tests. */
export type StartOptions = { dataFolder?: string; args?: string[]; environment?: Record<string, string> };

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "atelier-test-"));
/** For whom the address has to be known before the start, since links are made with it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Starts it and waits until it says that it is ready. */
export async function startAtelier({ dataFolder = temporaryFolder(), args = [], environment = {} }: StartOptions = {}): Promise<Atelier> {
  const child = spawn(process.execPath, [main, "--port", "0", "--data", dataFolder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let written = "";
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        written += `${line}\n`;
        const [, address] = /^Atelier is ready at (\S+)$/.exec(line) ?? [];
        if (address) resolve(address);
      });
    child.once("exit", (code) => reject(new Error(`Atelier ended with ${code} at its start:\n${written}`)));
  });
  return {
    url,
    dataFolder,
    process: child,
    output: () => written,
    ...clockOf(url),
    stop() {
      child.kill("SIGINT");
      return ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
