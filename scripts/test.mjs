import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { compiled, install, node, root } from "./install.mjs";

install("test");
const [first, count, ...rest] = process.argv.slice(2);
/** `--seeds N` runs the fault tests alone, each with N seeds; `--fuzz N` sends N hostile requests to each operation, other ones each time. */
const modes = {
  "--seeds": { projects: ["faults"], files: [], environment: { FAULT_SEEDS: count } },
  "--fuzz": {
    projects: ["api"],
    files: ["tests/api/fuzz.test.ts"],
    environment: { FUZZ_CASES: count, FUZZ_SEED: process.env.FUZZ_SEED ?? String(randomInt(2 ** 31)) },
  },
};
const mode = modes[first];
const { projects, files, environment } = mode ?? { projects: ["unit", "api", "faults"], files: [], environment: {} };
const chosen = [...projects.flatMap((name) => ["--project", name]), ...files, ...(mode ? rest : process.argv.slice(2))];
const path = `${root}node_modules/.bin${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`;
const { status } = spawnSync(node(), [`${root}node_modules/vitest/vitest.mjs`, "run", ...chosen], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...compiled, PATH: path, ...environment },
});
process.exit(status ?? 1);
