import { spawnSync } from "node:child_process";
import { install, node, root } from "./install.mjs";

// The template with everything bundled and checked, and the proof that SST makes the same one as the CDK.
install("all");
for (const args of [["stacks/cdk.ts"], ["node_modules/vitest/vitest.mjs", "run", "--project", "deploy"]]) {
  const { status } = spawnSync(node(), args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` },
  });
  if (status !== 0) process.exit(status ?? 1);
}
