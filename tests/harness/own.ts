import { afterAll } from "vitest";
import { type Atelier, removeFolder, startAtelier } from "./atelier.ts";

/** An Atelier of a test file's own, so that what it makes go wrong and the clock that it turns trouble no other. */
export async function ownAtelier(): Promise<Atelier> {
  const atelier = await startAtelier();
  afterAll(async () => {
    await atelier.stop();
    removeFolder(atelier.dataFolder);
  });
  return atelier;
}
