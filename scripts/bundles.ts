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
 *
 * Minified bytes of each function, a twentieth above what it has: what makes one grow shall be seen and decided.
 */
const budgets: Record<string, number> = {
  RelayEvents: 205_000,
  /** Of it, 130 kB are the adapters of all providers, their packages, and the renderer. */
  RenderImage: 776_000,
  SettleGeneration: 275_000,
  ProcessImage: 462_000,
  /** S3's client, and who has a model asked: schemas, adapters, budgets. */
  LookAtImage: 641_000,
  EditImage: 462_000,
  EmptyTrash: 450_000,
  PublishPost: 502_000,
  DispatchDue: 297_000,
  FollowPosts: 278_000,
  CountOutcomes: 277_000,
  KeepHistory: 269_000,
  CountGenerations: 371_000,
  /** Of it, and of HttpGenerations, HttpPrompts and HttpPlans, some 55 kB are who reads words for an operator. Loaded late, they would be 120, and all take longer: what is behind a late import cannot be picked apart. */
  RunPlans: 516_000,
  HttpAuth: 530_000,
  HttpGenerations: 572_000,
  HttpPrompts: 538_000,
  HttpPlans: 560_000,
  HttpTexts: 498_000,
  /** It grew by edits, the trash, folders, bulk actions and what is alike: all of them are about images and share their schemas. Another 28 kB are who may be asked for an edit. */
  HttpImages: 660_000,
  HttpPosts: 676_000,
  HttpGallery: 566_000,
  HttpWebhooks: 450_000,
  /** Of it, 28 kB are the OpenAPI document, packed, and 30 the pages of problems. */
  HttpRest: 463_000,
};

/** Of the time that the reference takes to load: what 75 and 40 ms were of its 74 ms where the goals were set. S3's client alone takes more than 0.55. */
const loadGoals = { http: 1, mediaWorker: 1, worker: 0.55 } as const;
const kindOf = ({ name, variables }: Bundle): keyof typeof loadGoals =>
  name.startsWith("Http") ? "http" : variables.includes("MEDIA_BUCKET") ? "mediaWorker" : "worker";

/** What any such system would load: four clients, schemas, middleware. Built and loaded beside the functions, so that a time can be told as a ratio. */
const reference = `
  import { CognitoIdentityProviderClient, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
  import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
  import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
  import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
  import middy from "@middy/core";
  import * as z from "zod";
  const clients = [new CognitoIdentityProviderClient(), new DynamoDBClient(), new S3Client(), new SQSClient()];
  const commands = [InitiateAuthCommand, GetItemCommand, PutItemCommand, QueryCommand, GetObjectCommand, PutObjectCommand, SendMessageCommand];
  const schema = z.strictObject({ name: z.string().min(1), count: z.int().optional() });
  export const handler = middy(async (event) => [schema.parse(event), clients, commands]);`;

/** Fresh processes for each figure of loading. The quickest counts: whatever else a machine does only ever adds. */
const runs = 7;

const root = fileURLToPath(new URL("..", import.meta.url));

type FunctionResource = {
  Type: string;
  Metadata?: { "atelier:entry"?: string };
  Properties: { Environment?: { Variables: Record<string, unknown> } };
};
type Entry = { name: string; entry: string; variables: string[] };
type Bundle = {
  name: string;
  path: string;
  variables: string[];
  bytes: number;
  gzipBytes: number;
  hasPixels: boolean;
  inputs: [path: string, bytes: number][];
};

/** The functions of the template, with the source file of each. */
function entries(): Entry[] {
  return Object.entries(template().Resources as Record<string, FunctionResource>).flatMap(([id, { Metadata, Properties }]) => {
    const entry = Metadata?.["atelier:entry"];
    return entry ? [{ name: id.slice(0, -8), entry, variables: Object.keys(Properties.Environment?.Variables ?? {}) }] : [];
  });
}

/** Milliseconds that a fresh process takes to import a module. */
function loadMs(file: string, variables: string[]): number {
  const measure = `const at=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});process.stdout.write("\\n"+(performance.now()-at))`;
  const env = { ...Object.fromEntries(variables.map((name) => [name, "x"])), NODE_OPTIONS: "", AWS_REGION: "eu-west-1" };
  return Number(execFileSync(execPath, ["--input-type=module", "-e", measure], { env, encoding: "utf8" }).split("\n").at(-1));
}

/** The quickest of each module's, over an empty one's. All take their turn in each round, so that the machine's ups and downs meet all of them alike. */
function loadTimes(modules: readonly Pick<Bundle, "path" | "variables">[]): Map<string, number> {
  const empty = { path: join(folder, "empty.mjs"), variables: [] };
  writeFileSync(empty.path, "export const handler=async()=>{};");
  const quickest = new Map<string, number>();
  for (let run = 0; run < runs; run += 1)
    for (const { path, variables } of [empty, ...modules])
      quickest.set(path, Math.min(quickest.get(path) ?? Number.POSITIVE_INFINITY, loadMs(path, variables)));
  const over = (path: string) => (quickest.get(path) ?? Number.NaN) - (quickest.get(empty.path) ?? Number.NaN);
  return new Map(modules.map(({ path }) => [path, over(path)]));
}

async function bundled(name: string, source: { entry: string } | { contents: string }, variables: string[]): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...bundle,
    mainFields: [...bundle.mainFields],
    banner: { js: bundle.banner },
    ...("entry" in source
      ? { entryPoints: [source.entry] }
      : { stdin: { contents: source.contents, resolveDir: join(root, "packages/functions/src") } }),
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
  if (!output || !file) throw new Error(`esbuild made nothing of ${name}.`);
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, file.contents);
  return {
    name,
    path,
    variables,
    bytes: file.contents.length,
    gzipBytes: gzipSync(file.contents).length,
    hasPixels: output.imports.some((imported) => imported.path === "sharp"),
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
const measured = await bundled("reference", { contents: reference }, []);
const functions: Bundle[] = [];
for (const { name, entry, variables } of entries())
  if (why === undefined || name === why) functions.push(await bundled(name, { entry }, variables));
/** Where pixels are touched, sharp's own loading is all that would be seen. */
const times = loadTimes([measured, ...functions.filter(({ hasPixels }) => !hasPixels)]);
const referenceMs = times.get(measured.path) ?? Number.NaN;

function line(cells: readonly string[], remark = ""): void {
  const [name = "", ...figures] = cells;
  stdout.write(`${name.padEnd(18)}${figures.map((figure) => figure.padStart(9)).join("")}${remark}\n`);
}

let failed = false;
line(["function", "kB", "budget", "gzip kB", "load ms", "× ref.", "goal"]);
for (const made of [measured, ...functions]) {
  const { name, path, bytes, gzipBytes, inputs } = made;
  const isReference = path === measured.path;
  const budget = isReference ? Number.POSITIVE_INFINITY : (budgets[name] ?? 0);
  const [tookMs, goal] = [times.get(path), loadGoals[kindOf(made)]];
  const ratio = tookMs === undefined ? undefined : tookMs / referenceMs;
  const over = bytes > budget || (timesBind && !isReference && ratio !== undefined && ratio > goal);
  failed ||= over;
  const sizes = [kilobytes(bytes), isReference ? "" : kilobytes(budget), kilobytes(gzipBytes)];
  const loading = ratio === undefined ? ["sharp"] : [tookMs?.toFixed(1) ?? "", ...(isReference ? [] : [ratio.toFixed(2), goal.toFixed(2)])];
  line([name, ...sizes, ...loading], over ? "  over its budget" : "");
  if (why !== undefined && !isReference) stdout.write(shares(inputs));
}
rmSync(folder, { recursive: true });
exit(failed ? 1 : 0);
