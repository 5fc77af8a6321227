import { spawn } from "node:child_process";
import { compiled, install, node, root } from "./install.mjs";

install("run");
const child = spawn(node(), [`${root}packages/local/src/main.ts`, ...process.argv.slice(2)], {
  cwd: process.cwd(),
  stdio: "inherit",
  env: { ...process.env, ...compiled },
});
// Ctrl-C reaches both; the cloud stops in order, and this waits for it.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
