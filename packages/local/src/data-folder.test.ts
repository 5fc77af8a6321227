import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataFolder, StartError } from "./data-folder.ts";

let outside: string;
let path: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "atelier-test-"));
  path = join(outside, "data");
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const refusal = (folder: string): unknown => {
  try {
    openDataFolder(folder).close();
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([1e300, -1e15, 1e13])("a clock that settings turn by %d ms stops the start with what to do, and changes nothing", (offsetMs) => {
  openDataFolder(path).close();
  const file = join(path, "settings.json");
  const absurd = readFileSync(file, "utf8").replace('"clockOffsetMs": 0', `"clockOffsetMs": ${offsetMs}`);
  writeFileSync(file, absurd);
  const error = refusal(path);
  expect(error).toBeInstanceOf(StartError);
  expect(error).toMatchObject({ message: expect.stringMatching(/settings\.json turns the clock out of .* Set it to 0/) });
  expect(readFileSync(file, "utf8")).toBe(absurd);
});

const modeOf = (folder: string) => statSync(folder).mode & 0o777;

test("only its owner can look into the folder: it is made so, and one that was wider is put right at a start", () => {
  openDataFolder(path).close();
  expect(modeOf(path)).toBe(0o700);
  chmodSync(path, 0o755);
  openDataFolder(path).close();
  expect(modeOf(path)).toBe(0o700);

  const empty = join(outside, "empty");
  mkdirSync(empty);
  chmodSync(empty, 0o755);
  openDataFolder(empty).close();
  expect(modeOf(empty)).toBe(0o700);
});

test("a folder with other things in it keeps its rights, since others may need them", () => {
  mkdirSync(path);
  chmodSync(path, 0o755);
  writeFileSync(join(path, "index.html"), "");
  for (const _start of ["first", "second"]) {
    openDataFolder(path).close();
    expect(modeOf(path)).toBe(0o755);
  }
});

describe("a folder that cannot be made or used", () => {
  test.runIf(process.platform === "linux")("where the system makes none is told at once", () => {
    const program = `import { openDataFolder } from ${JSON.stringify(new URL("data-folder.ts", import.meta.url).href)}; openDataFolder("/proc/x/y");`;
    const { signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(signal).toBeNull();
    expect(stderr).toContain("The folder /proc/x/y cannot be written to (ENOENT). Choose another: npm start -- --data FOLDER");
  });

  test.each([
    ["a file", "data"],
    ["in a file", "data/inner"],
  ])("because it is %s is told", (_what, name) => {
    writeFileSync(path, "");
    const error = refusal(join(outside, name));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ message: expect.stringContaining("cannot be written to (ENOTDIR). Choose another") });
  });
});
