import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimes } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Resource, Template } from "./intrinsics.ts";

/** Where the template tells the source of a function, from the root of the repository. */
const source = "atelier:entry";

/** What other versions of the sources have left in the cache goes once nobody has used it for so long. */
const keepMs = 24 * 60 * 60 * 1000;

/**
 * The template with functions that are bundled: as for Lambda, but readable, and in pieces that they share. A process that loads a thousand small files
 * takes three times as long to start. They come from the cache if no source has changed. `root` is the repository's; the cache lies in it, so that
 * packages with native code are found from there.
 */
export async function bundled(root: string, template: Template, cacheFolder: string): Promise<Template> {
  const folder = join(cacheFolder, `functions-${hashOfSources(root)}`);
  const sources = Object.values(template.Resources).flatMap(({ Metadata }) =>
    typeof Metadata?.[source] === "string" ? [Metadata[source]] : [],
  );
  if (!existsSync(folder)) {
    mkdirSync(cacheFolder, { recursive: true });
    const part = mkdtempSync(`${folder}.`);
    try {
      await build(root, sources, part);
      renameSync(part, folder);
    } catch (error) {
      // If it is there now, another one that starts has been quicker.
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(part, { recursive: true, force: true });
    }
    for (const old of globSync(join(cacheFolder, "functions-*"))) {
      const { mtimeMs = Date.now() } = statSync(old, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > keepMs) rmSync(old, { recursive: true, force: true });
    }
  }
  // Processes are started from it as long as this one runs.
  const use = () => utimes(folder, new Date(), new Date(), () => undefined);
  use();
  setInterval(use, keepMs / 24).unref();
  const moved = ({ Metadata, ...resource }: Resource): Resource => {
    const from = Metadata?.[source];
    if (typeof from !== "string") return { ...resource, ...(Metadata && { Metadata }) };
    return { ...resource, Metadata: { ...Metadata, [source]: relative(root, join(folder, from.replace(/\.ts$/, ".mjs"))) } };
  };
  return { ...template, Resources: Object.fromEntries(Object.entries(template.Resources).map(([id, resource]) => [id, moved(resource)])) };
}

function hashOfSources(root: string): string {
  const files = globSync(
    ["packages/*/src/**/*.ts", "packages/*/generated/*.json", "packages/*/package.json", "stacks/*.ts", "package-lock.json"],
    { cwd: root },
  );
  const hash = createHash("sha256");
  for (const file of files.filter((name) => !name.endsWith(".test.ts")).sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

/** What stacks/ says of how functions are bundled. */
type Bundling = {
  bundle: { target: string; mainFields: readonly string[]; banner: string; alias: Record<string, string> };
  nativePackages: string[];
};

async function build(root: string, sources: string[], folder: string): Promise<void> {
  const { bundle, nativePackages } = (await import(pathToFileURL(join(root, "stacks/bundle.ts")).href)) as Bundling;
  const esbuild = await import("esbuild");
  // In a process that ends with it: esbuild otherwise keeps one for the next time.
  esbuild.buildSync({
    entryPoints: sources,
    absWorkingDir: root,
    outdir: folder,
    outbase: ".",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: bundle.target,
    mainFields: [...bundle.mainFields],
    alias: bundle.alias,
    banner: { js: bundle.banner },
    external: nativePackages,
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "silent",
  });
}
