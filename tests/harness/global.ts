import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { removeFolder, startAtelier } from "./atelier.ts";
import "./shared.ts";

/** One Atelier for all test files of a project that do not end it. It stands behind a proxy, so that requests can come from many addresses. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const atelier = await startAtelier({ args: ["--port", String(port), "--public-url", `http://127.0.0.1:${port}`] });
  project.provide("url", atelier.url);
  return async () => {
    await atelier.stop();
    removeFolder(atelier.dataFolder);
  };
}

/** The address has to be known before the start, since links are made with it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
