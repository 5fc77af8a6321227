import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "../../stacks/root.ts";

test("sources are found too from the one file into which sst bundles the stacks", async () => {
  const folder = mkdtempSync(join(root, "node_modules", ".sst-config-"));
  try {
    const outfile = join(folder, "config.mjs");
    await build({ entryPoints: [join(root, "stacks/root.ts")], outfile, bundle: true, platform: "node", format: "esm" });
    expect(await import(pathToFileURL(outfile).href)).toMatchObject({ root });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
