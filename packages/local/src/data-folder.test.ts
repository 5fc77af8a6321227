import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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
