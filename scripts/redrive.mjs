import { spawnSync } from "node:child_process";
import { install, node, root } from "./install.mjs";

install("run");
const { status } = spawnSync(node(), [`${root}scripts/operate/redrive.ts`, ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
