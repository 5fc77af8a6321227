import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { bundled } from "./bundle.ts";

const folders: string[] = [];
let root: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bundle-"));
  folders.push(root);
  write(
    "stacks/bundle.ts",
    'export const bundle = { target: "node24", mainFields: ["module"], banner: "", alias: {} }; export const nativePackages = [];',
  );
  write("packages/core/src/count.ts", "let count = 0; export const next = (): number => { count += 1; return count; };");
  for (const name of ["one", "two"])
    write(
      `packages/functions/src/${name}.ts`,
      `import { next } from "../../core/src/count.ts"; export const handler = async () => "${name} " + next();`,
    );
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const template = {
  Resources: {
    One: { Type: "AWS::Lambda::Function", Metadata: { "atelier:entry": "packages/functions/src/one.ts", "atelier:concurrency": 4 } },
    Two: { Type: "AWS::Lambda::Function", Metadata: { "atelier:entry": "packages/functions/src/two.ts" } },
    Queue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 30 } },
  },
};
const cache = () => join(root, ".cache");
const made = () => bundled(root, template, cache());
async function run(id: "One" | "Two"): Promise<string> {
  const { Resources } = await made();
  const entry = String(Resources[id]?.Metadata?.["atelier:entry"]);
  const { handler } = (await import(pathToFileURL(join(root, entry)).href)) as { handler(): Promise<string> };
  return handler();
}

test("functions of one process share their modules, as they do from their sources", async () => {
  expect(await run("One")).toBe("one 1");
  expect(await run("Two")).toBe("two 2");
});

test("everything else of the template stays as it is", async () => {
  const { Resources } = await made();
  expect(Resources.Queue).toEqual(template.Resources.Queue);
  expect(Resources.One).toMatchObject({ Type: "AWS::Lambda::Function", Metadata: { "atelier:concurrency": 4 } });
});

test("they are bundled again when a source has changed, and only then", async () => {
  await made();
  const [folder = ""] = readdirSync(cache());
  const { ino } = statSync(join(cache(), folder));
  await made();
  expect(statSync(join(cache(), folder)).ino).toBe(ino);
  write("packages/core/src/count.ts", "export const next = (): string => 'changed';");
  expect(await run("One")).toBe("one changed");
});

test("they are bundled again when a document that they serve has changed", async () => {
  write("packages/functions/generated/document.json", '{ "title": "old" }');
  write(
    "packages/functions/src/one.ts",
    "import document from '../generated/document.json'; export const handler = async () => document.title;",
  );
  expect(await run("One")).toBe("old");
  write("packages/functions/generated/document.json", '{ "title": "new" }');
  expect(await run("One")).toBe("new");
});

test("what nobody has used for a day goes when others are made; what was made long ago and is used stays", async () => {
  const daysAgo = new Date(Date.now() - 3 * 86_400_000);
  write(".cache/functions-left/one.mjs", "");
  utimesSync(join(cache(), "functions-left"), daysAgo, daysAgo);
  await made();
  const [used = ""] = readdirSync(cache());
  expect(used).not.toBe("functions-left");
  utimesSync(join(cache(), used), daysAgo, daysAgo);
  await made();
  write("packages/core/src/count.ts", "export const next = (): number => 1;");
  await made();
  expect(readdirSync(cache())).toContain(used);
});

test("several that start at once get the same, and leave nothing half done", async () => {
  const templates = await Promise.all([made(), made(), made()]);
  expect(new Set(templates.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(readdirSync(cache())).toHaveLength(1);
});

test("a source that cannot be bundled stops the start and leaves nothing behind", async () => {
  write("packages/functions/src/two.ts", "import './missing.ts'; export const handler = 1;");
  await expect(made()).rejects.toThrow("missing.ts");
  expect(readdirSync(cache())).toEqual([]);
  write("packages/functions/src/two.ts", "export const handler = async () => 'mended';");
  expect(await run("Two")).toBe("mended");
});
