import { spawnSync } from "node:child_process";
import { install, node, root } from "./install.mjs";

install("test");
const projects = ["unit", "api", "faults"].flatMap((name) => ["--project", name]);
const path = `${root}node_modules/.bin${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`;
const { status } = spawnSync(node(), [`${root}node_modules/vitest/vitest.mjs`, "run", ...projects, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: path },
});
process.exit(status ?? 1);
