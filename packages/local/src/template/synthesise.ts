import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Template } from "./intrinsics.ts";

/**
 * The template of stacks/, from the cache if nothing that makes it has changed: the CDK takes seconds, reading a file does not.
 * `root` is the repository's.
 */
export async function synthesise(root: string, cacheFolder: string): Promise<Template> {
  const sources = [...globSync("stacks/**/*.ts", { cwd: root }), "package-lock.json"].sort();
  const hash = createHash("sha256");
  for (const file of sources) if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  const cached = join(cacheFolder, `template-${hash.digest("hex").slice(0, 16)}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, "utf8")) as Template;

  const { template } = (await import(pathToFileURL(join(root, "stacks/template.ts")).href)) as { template(): Template };
  const made = template();
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(`${cached}.part`, JSON.stringify(made));
  renameSync(`${cached}.part`, cached);
  return made;
}
