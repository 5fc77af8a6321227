import type { TestProject } from "vitest/node";
import { freePort, removeFolder, startAtelier } from "./atelier.ts";
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
