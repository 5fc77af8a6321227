import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Plain JavaScript on Node's own modules: this runs before anything is installed, on whatever Node (20 or later) the machine has.

export const root = fileURLToPath(new URL("..", import.meta.url));

/** What each command needs. The tool chain of deployments is large, so only what deploys installs it. */
const workspaces = ["core", "functions", "local", "client", "simulators"].flatMap((name) => ["-w", `packages/${name}`]);
const profiles = {
  run: { present: "node_modules/aws-cdk-lib", args: ["--omit=dev", "--include-workspace-root", ...workspaces] },
  test: { present: "node_modules/vitest", args: ["--include-workspace-root", ...workspaces] },
  all: { present: "node_modules/sst", args: [] },
};

/** Installs what a profile needs, exactly as the lock file says, unless it is there. */
export function install(profile) {
  const { present, args } = profiles[profile];
  const written = `${root}node_modules/.package-lock.json`;
  const upToDate = existsSync(written) && statSync(written).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
  if (upToDate && existsSync(`${root}${present}`)) return;
  // A narrower install takes away what a wider one has brought: keep the wider one.
  const wider = existsSync(`${root}${profiles.all.present}`)
    ? []
    : existsSync(`${root}${profiles.test.present}`) && profile === "run"
      ? profiles.test.args
      : args;
  console.log("Installing what is missing; this takes a minute or two the first time …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...wider], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("npm could not install the packages. What it said stands above; with a connection to the registry, try again.");
    process.exit(status ?? 1);
  }
}

/** Where Node keeps what it has compiled, so that the next start has it: half of the time of a start is compiling. */
export const compiled = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? `${root}.cache/node` };

/** Node 24: the one that came with the packages, or the machine's own. */
export function node() {
  const own = `${root}node_modules/.bin/${process.platform === "win32" ? "node.cmd" : "node"}`;
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  console.error(
    `No Node 24 was installed for ${process.platform}-${process.arch}, and yours is ${process.version}. Install Node 24 and try again.`,
  );
  process.exit(1);
}
