import { spawnSync } from "node:child_process";
import { install, node, root } from "./install.mjs";

install("test");
// `--seeds N` runs the fault tests alone, each with N seeds.
const [first, seeds, ...rest] = process.argv.slice(2);
const many = first === "--seeds";
const names = many ? ["faults"] : ["unit", "api", "faults"];
const projects = names.flatMap((name) => ["--project", name]);
const path = `${root}node_modules/.bin${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`;
const { status } = spawnSync(
  node(),
  [`${root}node_modules/vitest/vitest.mjs`, "run", ...projects, ...(many ? rest : process.argv.slice(2))],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, ...(many && { FAULT_SEEDS: seeds }) },
  },
);
process.exit(status ?? 1);
