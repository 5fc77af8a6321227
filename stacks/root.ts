import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the lock file: `sst` bundles all of stacks/ into one file beside it, so the way from here to there is not always the same. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, "package-lock.json"))) return `${folder}/`;
  const above = dirname(folder);
  if (above === folder) throw new Error("No package-lock.json in any folder above stacks/.");
  return rootAbove(above);
}

/** The root of the repository, with a slash at its end. */
export const root = rootAbove(import.meta.dirname);
