import { spawnSync } from "node:child_process";
import { install, node, root } from "./install.mjs";

// `npm run deploy -- -c stage=prod …`, or `npm run deploy -- destroy …`: the CDK's command line with the tool chain that deploying needs.
install("all");
const [first, ...rest] = process.argv.slice(2);
const verbs = ["deploy", "destroy", "diff", "bootstrap", "synth"];
const args = first && verbs.includes(first) ? [first, ...rest] : ["deploy", ...process.argv.slice(2)];
const { status } = spawnSync(node(), [`${root}node_modules/aws-cdk/bin/cdk`, ...args], { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
