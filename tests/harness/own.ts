import { afterAll } from "vitest";
import { removeFolder, startAtelier } from "./atelier.ts";

/** Address of an Atelier of a test file's own, so that what it makes go wrong and the clock that it turns trouble no other. */
export async function ownUrl(): Promise<string> {
  const atelier = await startAtelier();
  afterAll(async () => {
    await atelier.stop();
    removeFolder(atelier.dataFolder);
  });
  return atelier.url;
}
