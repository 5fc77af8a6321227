import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, execPath, exit, stdout } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundle } from "../stacks/bundle.ts";
import { template } from "../stacks/template.ts";

/**
 * Bundles every function of the template as it is bundled for Lambda and fails if one is over its budget (docs/adr, cold starts).
 * `npm run bundles -- --why HttpAuth` lists what is in one of them.
 */
const budgets = {
  /** Minified bytes and milliseconds of loading over an empty handler. */
  http: { bytes: 700_000, loadMs: 75 },
  worker: { bytes: 450_000, loadMs: 40 },
  /** S3's client alone is 150 kB. */
  mediaWorker: { bytes: 640_000, loadMs: 40 },
} as const;

/** Fresh processes for each figure of loading; the median of them counts. */
const runs = 5;

const root = fileURLToPath(new URL("..", import.meta.url));

type FunctionResource = {
  Type: string;
  Metadata?: { "atelier:entry"?: string };
  Properties: { Environment?: { Variables: Record<string, unknown> } };
};
type Entry = { name: string; entry: string; variables: string[] };
type Bundle = { name: string; bytes: number; gzipBytes: number; loadMs: number | undefined; inputs: [path: string, bytes: number][] };

/** The functions of the template, with the source file of each. */
function entries(): Entry[] {
  return Object.entries(template().Resources as Record<string, FunctionResource>).flatMap(([id, { Metadata, Properties }]) => {
    const entry = Metadata?.["atelier:entry"];
    return entry ? [{ name: id.slice(0, -8), entry, variables: Object.keys(Properties.Environment?.Variables ?? {}) }] : [];
  });
}

function kindOf({ entry, variables }: Entry): keyof typeof budgets {
  if (entry.includes("/http/")) return "http";
  return variables.includes("MEDIA_BUCKET") ? "mediaWorker" : "worker";
}

/** Milliseconds that a fresh process takes to import a module. */
function loadMs(file: string, variables: string[]): number {
  const measure = `const at=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});process.stdout.write("\\n"+(performance.now()-at))`;
  const env = { ...Object.fromEntries(variables.map((name) => [name, "x"])), NODE_OPTIONS: "", AWS_REGION: "eu-west-1" };
  const taken = Array.from({ length: runs }, () =>
    Number(execFileSync(execPath, ["--input-type=module", "-e", measure], { env, encoding: "utf8" }).split("\n").at(-1)),
  );
  return taken.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

async function bundled({ name, entry, variables }: Entry, folder: string, emptyMs: number): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...bundle,
    mainFields: [...bundle.mainFields],
    banner: { js: bundle.banner },
    entryPoints: [entry],
    absWorkingDir: root,
    outfile: `${name}.mjs`,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["sharp"],
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const [file] = outputFiles;
  if (!output || !file) throw new Error(`esbuild made nothing of ${entry}.`);
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, file.contents);
  const hasPixels = output.imports.some((imported) => imported.path === "sharp");
  return {
    name,
    bytes: file.contents.length,
    gzipBytes: gzipSync(file.contents).length,
    loadMs: hasPixels ? undefined : loadMs(path, variables) - emptyMs,
    inputs: Object.entries(output.inputs).map(([input, { bytesInOutput }]) => [input, bytesInOutput]),
  };
}

/** A source file's package, or its folder if it is ours. */
const owner = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split("/").slice(0, 4).join("/");

/** Kilobytes of each owner, the heaviest first. */
function shares(inputs: Bundle["inputs"]): string {
  const sums = new Map<string, number>();
  for (const [path, bytes] of inputs) sums.set(owner(path), (sums.get(owner(path)) ?? 0) + bytes);
  const heaviest = [...sums].sort(([, a], [, b]) => b - a).slice(0, 40);
  return heaviest.map(([name, bytes]) => `${kilobytes(bytes).padStart(8)}  ${name}\n`).join("");
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

/** Sizes are the same on every machine and bind; times are shown, and bind only where `--time` says that the machine is quiet. */
const timesBind = argv.includes("--time");
const why = argv.includes("--why") ? argv[argv.indexOf("--why") + 1] : undefined;

const folder = mkdtempSync(join(tmpdir(), "atelier-bundles-"));
const empty = join(folder, "empty.mjs");
writeFileSync(empty, "export const handler=async()=>{};");
const emptyMs = loadMs(empty, []);

let failed = false;
stdout.write(`${"function".padEnd(18)}${"kB".padStart(8)}${"budget".padStart(8)}${"gzip kB".padStart(9)}${"load ms".padStart(9)}\n`);
for (const entry of entries()) {
  if (why !== undefined && entry.name !== why) continue;
  const { name, bytes, gzipBytes, loadMs: tookMs, inputs } = await bundled(entry, folder, emptyMs);
  const budget = budgets[kindOf(entry)];
  const over = bytes > budget.bytes || (timesBind && tookMs !== undefined && tookMs > budget.loadMs);
  failed ||= over;
  const figures = [
    kilobytes(bytes).padStart(8),
    kilobytes(budget.bytes).padStart(8),
    kilobytes(gzipBytes).padStart(9),
    (tookMs?.toFixed(1) ?? "sharp").padStart(9),
  ];
  stdout.write(`${name.padEnd(18)}${figures.join("")}${over ? "  over its budget" : ""}\n`);
  if (why !== undefined) stdout.write(shares(inputs));
}
rmSync(folder, { recursive: true });
exit(failed ? 1 : 0);
