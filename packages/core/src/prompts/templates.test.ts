import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { safetyOn } from "../../../../tests/harness/safety.ts";
import { startTable, type TestTable } from "../../../../tests/harness/table.ts";
import { Conflict, type Context, newId, Problem } from "../kernel/index.ts";
import {
  addVersion,
  changeTemplate,
  compareVersions,
  copyTemplate,
  createTemplate,
  fill,
  findTemplate,
  listTemplates,
  listVersions,
  lookAtTemplate,
  PromptRequest,
  promptStore,
  setLabel,
  TemplateRequest,
  VersionRequest,
  type WordingDeps,
} from "./index.ts";

let database: TestTable;
let deps: WordingDeps;
let ctx: Context;
beforeAll(async () => {
  database = await startTable();
  deps = { prompts: promptStore(database.table), safety: safetyOn(database.table) };
});
afterAll(() => database.close());

const somebody = (): Context => ({
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: newId("wks", Date.now()),
  correlationId: "req_test",
  clock: { now: () => Date.parse("2026-11-20T12:00:00Z"), sleepUntil: async () => undefined },
});
beforeEach(() => {
  ctx = somebody();
});

const harbour = TemplateRequest.parse({
  name: "Harbour",
  category: "landscape",
  text: "{medium} of a harbour at {hour}",
  negativePrompt: "people",
  variables: [
    { type: "choice", name: "medium", choices: ["oil", "ink"], default: "oil" },
    { type: "text", name: "hour" },
  ],
  parameters: { quality: "draft", width: 256, height: 128 },
});
const other = (text: string) => VersionRequest.parse({ text });
const problemOf = async (work: Promise<unknown>) => {
  const problem = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(problem instanceof Problem)) throw new Error("There was no problem.", { cause: problem });
  return { code: problem.type.code, at: problem.errors?.map(({ pointer }) => pointer) };
};
const asked = (body: object) => fill(ctx, deps, PromptRequest.parse(body));

describe("a template", () => {
  test("begins with version 1 in production, and is found by its owner and nobody else", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    expect(await findTemplate(ctx, deps, id)).toMatchObject({
      latestVersion: 1,
      labels: { production: 1 },
      rating: "general",
      text: harbour.text,
    });
    for (const work of [findTemplate, lookAtTemplate])
      expect(await problemOf(work(somebody(), deps, id))).toMatchObject({ code: "request/not-found" });
    expect(await problemOf(listVersions(somebody(), deps, id, { limit: 5 }))).toMatchObject({ code: "request/not-found" });
  });

  test("that does not fit its variables is refused with the place", async () => {
    expect(await problemOf(createTemplate(ctx, deps, { ...harbour, text: "{medium} at {hour} {wind}" }))).toEqual({
      code: "request/invalid",
      at: ["#/text"],
    });
  });

  test("gets versions without gaps, each of which stays as it was, and no label moves by itself", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    for (const text of ["two", "three"]) await addVersion(ctx, deps, id, other(text));
    const { items } = await listVersions(ctx, deps, id, { limit: 10 });
    expect(items.map(({ number, text }) => [number, text])).toEqual([
      [3, "three"],
      [2, "two"],
      [1, harbour.text],
    ]);
    expect(await findTemplate(ctx, deps, id)).toMatchObject({ latestVersion: 3, labels: { production: 1 }, text: "three", variables: [] });
    expect(await findTemplate(ctx, deps, id)).not.toHaveProperty("negativePrompt");
  });

  test("that two people write versions of at once gets one of them, and the other is told", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    const results = await Promise.allSettled(["a", "b", "c"].map((text) => addVersion(ctx, deps, id, other(text))));
    const failed = results.filter((result) => result.status === "rejected");
    expect(failed.every(({ reason }) => reason instanceof Conflict)).toBe(true);
    const { items } = await listVersions(ctx, deps, id, { limit: 10 });
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 4 - failed.length }, (_, i) => 4 - failed.length - i));
  });

  test("is rolled back by its label, and only to a version that is there", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    await addVersion(ctx, deps, id, other("two"));
    await setLabel(ctx, deps, { id, label: "production" }, { version: 2 });
    expect((await asked({ templateId: id })).prompt).toBe("two");
    const back = await setLabel(ctx, deps, { id, label: "production" }, { version: 1 });
    expect((await asked({ templateId: id, variables: { hour: "dusk" } })).prompt).toBe("oil of a harbour at dusk");
    expect(await setLabel(ctx, deps, { id, label: "candidate" }, { version: 2 })).toMatchObject({
      labels: { production: 1, candidate: 2 },
    });
    expect(await problemOf(setLabel(ctx, deps, { id, label: "candidate" }, { version: 3 }))).toEqual({
      code: "request/invalid",
      at: ["#/version"],
    });
    expect(await problemOf(setLabel(ctx, deps, { id, label: "best" }, { version: 1 }))).toEqual({
      code: "request/invalid",
      at: ["#/path/label"],
    });
    expect(await problemOf(setLabel(ctx, deps, { id, label: "production" }, { version: 2 }, back.version))).toMatchObject({
      code: "request/precondition-failed",
    });
  });

  test("changes what is said about it only at the version that was read", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    expect(await changeTemplate(ctx, deps, id, { name: "Port" }, 1)).toMatchObject({ name: "Port", category: "landscape", version: 2 });
    expect(await problemOf(changeTemplate(ctx, deps, id, { name: "Pier" }, 1))).toMatchObject({ code: "request/precondition-failed" });
  });

  test("tells what has changed between two of its versions, in either direction", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    await addVersion(ctx, deps, id, VersionRequest.parse({ ...contentWithout(harbour), text: "{medium} of a pier at {hour}" }));
    const { text, variables } = await compareVersions(ctx, deps, { id, from: 2, to: 1 });
    expect(text.filter(({ kind }) => kind !== "same")).toEqual([
      { kind: "removed", text: "pier" },
      { kind: "added", text: "harbour" },
    ]);
    expect(variables).toEqual([]);
    expect(await problemOf(compareVersions(ctx, deps, { id, from: 1, to: 3 }))).toMatchObject({ code: "request/not-found" });
    expect(await problemOf(compareVersions(somebody(), deps, { id, from: 1, to: 2 }))).toMatchObject({ code: "request/not-found" });
  });
});

const contentWithout = ({ text, negativePrompt, variables, parameters }: typeof harbour) => ({
  text,
  negativePrompt,
  variables,
  parameters,
});

describe("a shipped template", () => {
  const shipped = async () => (await listTemplates(ctx, deps, { source: "shipped", limit: 1 })).items[0] ?? never();
  const never = () => {
    throw new Error("Nothing is shipped.");
  };

  test("is listed behind one's own ones, page by page, each once", async () => {
    const own = await Promise.all([1, 2, 3].map((n) => createTemplate(ctx, deps, { ...harbour, name: `Harbour ${n}` })));
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listTemplates(ctx, deps, { limit: 4, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const ofEach = {
      own: own
        .map(({ id }) => id)
        .sort()
        .reverse(),
      shipped: (await listTemplates(ctx, deps, { source: "shipped", limit: 100 })).items.map(({ id }) => id),
    };
    expect(seen).toEqual([...ofEach.own, ...ofEach.shipped]);
    expect((await listTemplates(ctx, deps, { source: "own", limit: 100 })).items.map(({ id }) => id)).toEqual(ofEach.own);
    const landscapes = await listTemplates(ctx, deps, { category: "landscape", limit: 100 });
    expect(landscapes.items.map(({ category }) => category)).toEqual(Array(8).fill("landscape"));
    expect(await problemOf(listTemplates(ctx, deps, { source: "shipped", limit: 4, cursor: "bm9uc2Vuc2U" }))).toMatchObject({
      code: "request/bad-cursor",
    });
  });

  test("cannot be changed by anybody, in any way", async () => {
    const { id } = await shipped();
    for (const work of [
      changeTemplate(ctx, deps, id, { name: "Mine" }),
      addVersion(ctx, deps, id, other("mine")),
      setLabel(ctx, deps, { id, label: "candidate" }, { version: 1 }),
    ])
      expect(await problemOf(work)).toMatchObject({ code: "prompts/read-only" });
  });

  test("is used as it is, and copied to be changed", async () => {
    const template = await shipped();
    const given = Object.fromEntries(template.variables.flatMap(({ name, example }) => (example === undefined ? [] : [[name, example]])));
    const request = await asked({ templateId: template.id, variables: given });
    expect(request.template).toMatchObject({ id: template.id, version: 1, variables: given });
    const copy = await copyTemplate(ctx, deps, template.id, { name: "Mine" });
    expect(copy).toMatchObject({
      source: "own",
      name: "Mine",
      text: template.text,
      copiedFrom: { id: template.id, version: 1 },
      labels: { production: 1 },
    });
    expect((await asked({ templateId: copy.id, variables: given })).prompt).toBe(request.prompt);
    await addVersion(ctx, deps, copy.id, other("mine"));
  });
});

describe("a request from a template", () => {
  test("says for itself what it says, takes the rest from the template, and keeps what filled it", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    const body = { templateId: id, variables: { hour: "dawn" }, negativePrompt: "boats", width: 512, tags: ["sea"] };
    expect(await asked(body)).toEqual({
      prompt: "oil of a harbour at dawn",
      negativePrompt: "people, boats",
      width: 512,
      height: 128,
      quality: "draft",
      count: 1,
      tags: ["sea"],
      template: { id, version: 1, variables: { medium: "oil", hour: "dawn" } },
    });
    expect(await asked({ prompt: "a {harbour}" })).toEqual({ prompt: "a {harbour}", quality: "standard", count: 1, tags: [] });
  });

  test("names what is wrong: the template, its version, and each value", async () => {
    const { id } = await createTemplate(ctx, deps, harbour);
    expect(await problemOf(asked({ templateId: newId("tpl", Date.now()) }))).toEqual({ code: "request/invalid", at: ["#/templateId"] });
    expect(await problemOf(asked({ templateId: id, templateVersion: 2, variables: { hour: "x" } }))).toEqual({
      code: "request/invalid",
      at: ["#/templateVersion"],
    });
    expect(await problemOf(asked({ templateId: id, variables: { medium: "chalk", wind: 3 } }))).toEqual({
      code: "request/invalid",
      at: ["#/variables/wind", "#/variables/medium", "#/variables/hour"],
    });
  });

  test("has words of its own or a template, not both and not neither", () => {
    const at = (body: object) => PromptRequest.safeParse(body).error?.issues.map(({ path }) => path.join("/"));
    expect(at({})).toEqual(["prompt"]);
    expect(at({ prompt: "x", templateId: "tpl_x" })).toEqual(["templateId"]);
    expect(at({ prompt: "x", variables: {} })).toEqual(["variables"]);
    expect(at({ prompt: "x", templateVersion: 1 })).toEqual(["templateVersion"]);
  });
});

describe("each operation costs", () => {
  const counted = async (work: () => Promise<unknown>): Promise<string[]> => {
    database.calls.length = 0;
    await work();
    return [...database.calls];
  };
  test("one read to look, to list or to compare, and one write to create, beside one read to change", async () => {
    let id = "";
    const create = async () => {
      ({ id } = await createTemplate(ctx, deps, harbour));
    };
    expect(await counted(create)).toEqual(["TransactWriteItemsCommand"]);
    expect(await counted(() => lookAtTemplate(ctx, deps, id))).toEqual(["BatchGetItemCommand"]);
    expect(await counted(() => listTemplates(ctx, deps, { limit: 25 }))).toEqual(["QueryCommand"]);
    expect(await counted(() => listVersions(ctx, deps, id, { limit: 25 }))).toEqual(["QueryCommand"]);
    expect(await counted(() => addVersion(ctx, deps, id, other("two")))).toEqual(["GetItemCommand", "TransactWriteItemsCommand"]);
    expect(await counted(() => compareVersions(ctx, deps, { id, from: 1, to: 2 }))).toEqual(["BatchGetItemCommand"]);
    expect(await counted(() => setLabel(ctx, deps, { id, label: "production" }, { version: 2 }))).toEqual([
      "GetItemCommand",
      "PutItemCommand",
    ]);
    expect(await counted(() => asked({ templateId: id }))).toEqual(["GetItemCommand"]);
    const [first] = (await listTemplates(ctx, deps, { source: "shipped", limit: 1 })).items;
    expect(await counted(() => lookAtTemplate(ctx, deps, first?.id ?? ""))).toEqual(["GetItemCommand"]);
    expect(await counted(() => listTemplates(ctx, deps, { source: "shipped", limit: 25 }))).toEqual([]);
  });
});
