import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { StartError } from "../data-folder.ts";
import { backUp, restore } from "./archive.ts";

const usage = `npm run backup -- [FILE] [--data FOLDER]     while Atelier runs, or not
npm run restore -- FILE [--data FOLDER]      into a folder that is not there yet or is empty
  --data FOLDER    the data folder                        (ATELIER_DATA, .atelier)`;

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    options: { data: { type: "string" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [what, file, ...more] = positionals;
  if (values.help) return usage;
  if (more.length > 0) throw new StartError(`There is one file to name.\n\n${usage}`);
  const dataFolder = resolve(values.data ?? process.env.ATELIER_DATA ?? ".atelier");
  if (what === "backup") {
    const archive = resolve(file ?? `atelier-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}Z.tar.gz`);
    const { files, bytes } = await backUp(dataFolder, archive);
    return `Backed up ${files} files (${megabytes(bytes)}) of ${dataFolder} to ${archive}. It holds keys and password hashes: keep it safe.`;
  }
  if (file === undefined) throw new StartError(`Which file is to be restored?\n\n${usage}`);
  const { files, bytes } = await restore(resolve(file), dataFolder);
  return `Restored ${files} files (${megabytes(bytes)}) to ${dataFolder}. Start it: npm start -- --data ${dataFolder}`;
}

main().then(
  (said) => {
    process.stdout.write(`${said}\n`);
  },
  (error: unknown) => {
    const { message, stack, code = "" } = error as Error & { code?: string };
    const expected = error instanceof StartError || code.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`${expected ? `${message}\n${code ? `\n${usage}\n` : ""}` : `${stack ?? message}\n`}`);
    process.exitCode = 1;
  },
);
