import type { TestProject } from "vitest/node";
import { removeFolder, startAtelier } from "./atelier.ts";
import "./shared.ts";

/** One Atelier for all test files that need no clock and no kill of their own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const atelier = await startAtelier();
  project.provide("url", atelier.url);
  return async () => {
    await atelier.stop();
    removeFolder(atelier.dataFolder);
  };
}
