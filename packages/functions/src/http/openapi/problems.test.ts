import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { budgetProblems } from "@atelier/core/budgets";
import { generationProblems } from "@atelier/core/generation";
import { identityProblems } from "@atelier/core/identity";
import { type ProblemType, problems } from "@atelier/core/kernel";
import { libraryProblems } from "@atelier/core/library";
import { planProblems } from "@atelier/core/plans";
import { promptProblems } from "@atelier/core/prompts";
import { publishingProblems } from "@atelier/core/publishing";
import { safetyProblems } from "@atelier/core/safety";
import { writingProblems } from "@atelier/core/writing";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./document.ts";
import { allOperations } from "./operations.ts";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const sources = {
  problems,
  identityProblems,
  budgetProblems,
  generationProblems,
  libraryProblems,
  planProblems,
  promptProblems,
  publishingProblems,
  safetyProblems,
  writingProblems,
};
const types: readonly ProblemType[] = Object.values(sources).flatMap((kind) => Object.values(kind));
const named = types.map((type) => [type.code, type] as const);

describe("a page in docs/problems", () => {
  test("stands for each kind of problem, and none for what is no kind any more", () => {
    const pages = globSync("*/*.md", { cwd: `${root}docs/problems` }).map((file) => file.replaceAll("\\", "/").replace(/\.md$/, ""));
    expect(pages.sort()).toEqual(types.map(({ code }) => code).sort());
  });

  test.each(named)("of %s has the title and the status of its answers, and says more than that", (code, { title, status }) => {
    const [heading, line, ...paragraphs] = readFileSync(`${root}docs/problems/${code}.md`, "utf8")
      .trim()
      .split(/\n\s*\n/);
    expect([heading, line]).toEqual([`# ${title}`, `HTTP ${status}`]);
    expect(paragraphs.length).toBeGreaterThan(0);
  });
});

/** What is thrown somewhere, by the names of its types. Others are only written into objects, as the reason why their work failed. */
const thrown = new Set(
  globSync("packages/{core,functions}/src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts"] }).flatMap((file) =>
    [...readFileSync(`${root}${file}`, "utf8").matchAll(/new Problem\(\s*(\w*[pP]roblems)\.(\w+)/g)].map(
      ([, kind, name]) => `${kind}.${name}`,
    ),
  ),
);
const codesThrown = new Set(
  Object.entries(sources).flatMap(([kind, all]) =>
    Object.entries(all).flatMap(([name, { code }]) => (thrown.has(`${kind}.${name}`) ? [code] : [])),
  ),
);

describe("the problems that an operation documents", () => {
  const operations = allOperations.map((op) => [op.id, op] as const);

  test.each(operations)("of %s are all thrown somewhere", (_id, op) => {
    expect(problemsOf(op).filter(({ code }) => !codesThrown.has(code))).toEqual([]);
  });

  test.each(operations)("of %s follow from what it takes: an id, a cursor, a version", (_id, op) => {
    const codes = new Set(problemsOf(op).map(({ code }) => code));
    const { properties = {} } = (op.query?.toJSONSchema({ io: "input", unrepresentable: "any" }) ?? {}) as { properties?: object };
    expect({
      notFound: codes.has(problems.notFound.code),
      badCursor: codes.has(problems.badCursor.code),
      preconditionFailed: codes.has(problems.preconditionFailed.code),
    }).toEqual({
      notFound: op.params !== undefined,
      badCursor: "cursor" in properties,
      preconditionFailed: /\bifVersion\b/.test(op.run.toString()),
    });
  });

  test("name, taken together, everything that is thrown; a path without an operation aside", () => {
    const documented = new Set(allOperations.flatMap((op) => problemsOf(op).map(({ code }) => code)));
    expect([...codesThrown].filter((code) => !documented.has(code))).toEqual([problems.methodNotAllowed.code]);
  });
});
