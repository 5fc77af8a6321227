import { readFileSync } from "node:fs";
import { startCloud } from "../../packages/local/src/cloud.ts";
import { root } from "./cloud.ts";
import { smallTemplate } from "./small-template.ts";

// Runs a cloud on the data folder that is named first until it is killed, from the template in the file that is named second, or the small one. Of
// what it writes, one line is JSON: what its functions would get as environment.
const [, , dataFolder = "", templateFile] = process.argv;
const template = templateFile ? JSON.parse(readFileSync(templateFile, "utf8")) : smallTemplate();
const { environment } = await startCloud({ root, template, dataFolder, port: 0 });
process.stdout.write(`${JSON.stringify(environment)}\n`);
