import { startCloud } from "../../packages/local/src/cloud.ts";
import { root } from "./cloud.ts";
import { smallTemplate } from "./small-template.ts";

// Runs the small cloud on the data folder that is named first, until it is killed. Its first line is what its functions would get as environment.
const [, , dataFolder = ""] = process.argv;
const { environment } = await startCloud({ root, template: smallTemplate(), dataFolder, port: 0, quiet: true });
process.stdout.write(`${JSON.stringify(environment)}\n`);
