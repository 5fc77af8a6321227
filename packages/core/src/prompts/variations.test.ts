import { array, assert, integer, property, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogueOf, quote } from "../generation/index.ts";
import { type Context, Problem, processClock } from "../kernel/index.ts";
import { PreviewRequest } from "./request.ts";
import { shippedPage } from "./shipped.ts";
import type { PromptStore } from "./store.ts";
import { combinations, mostVariations, type PreviewDeps, preview } from "./variations.ts";

const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: "wks_test",
  correlationId: "req_test",
  clock: processClock,
};
/** Shipped templates are data: nothing is read. */
/** With a model that costs, beside the built-in renderer. */
const catalogue = catalogueOf((provider) => (provider === "sketch" || provider === "stability" ? [] : ["key"]), ["sketch"]);
const deps: PreviewDeps = { prompts: {} as PromptStore, quote: (request) => quote(ctx, request, catalogue) };
const seen = (body: object) => preview(ctx, deps, PreviewRequest.parse(body));
const promptsOf = async (body: object) => (await seen(body)).items.map(({ prompt }) => prompt);
const refusal = async (body: object) => {
  const problem = await seen(body).catch((error: unknown) => error);
  if (!(problem instanceof Problem)) throw new Error("It was not refused.", { cause: problem });
  return [problem.type.code, ...(problem.errors ?? []).map(({ pointer }) => pointer)];
};

describe("combinations", () => {
  const axes = array(uniqueArray(integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }), { maxLength: 3 });

  test("are every choice with every other, each once, in an order that the axes alone decide", () => {
    assert(
      property(axes, (of) => {
        const rows = combinations(of);
        expect(rows).toHaveLength(of.reduce((product, axis) => product * axis.length, 1));
        expect(new Set(rows.map(String)).size).toBe(rows.length);
        expect(combinations(of)).toEqual(rows);
        for (const row of rows) expect(row.every((value, place) => of[place]?.includes(value))).toBe(true);
      }),
    );
  });

  test("are refused past the cap, however many they are, and never made to be counted", () => {
    expect(combinations([Array(mostVariations).fill(1)])).toHaveLength(mostVariations);
    for (const lists of [[Array(mostVariations + 1).fill(1)], Array(20).fill(Array(100).fill(1))])
      expect(() => combinations(lists)).toThrow(/at most 200/);
  });
});

describe("a preview", () => {
  test("of words shows each way in which they can be read, the last choice changing fastest", async () => {
    expect(await seen({ prompt: "a {red|blue} boat at {dawn|dusk}", count: 2 })).toEqual({
      provider: "sketch",
      model: "sketch-1",
      count: 4,
      images: 8,
      costMicroUsd: 0,
      items: ["a red boat at dawn", "a red boat at dusk", "a blue boat at dawn", "a blue boat at dusk"].map((prompt) => ({ prompt })),
    });
    expect(await promptsOf({ prompt: "a {red|} boat" })).toEqual(["a red boat", "a boat"]);
    expect(await promptsOf({ prompt: "{red|red} {{boat}}" })).toEqual(["red {boat}"]);
    expect(await promptsOf({ prompt: "a  boat" })).toEqual(["a  boat"]);
  });

  test("of a template varies the variables that have several values, in the template's order", async () => {
    const template = shippedPage(ctx, { source: "shipped", limit: 1 })?.items[0];
    const body = {
      templateId: template?.id,
      variables: { backdrop: ["cream", "charcoal"], subject: "a sailor", expression: ["proud", "calm"] },
    };
    const { count, items, template: use } = await seen({ ...body, limit: 3 });
    expect([count, use]).toEqual([4, { id: template?.id, version: 1 }]);
    expect(items.map(({ variables }) => variables)).toEqual([
      { subject: "a sailor", expression: "proud", backdrop: "cream" },
      { subject: "a sailor", expression: "proud", backdrop: "charcoal" },
      { subject: "a sailor", expression: "calm", backdrop: "cream" },
    ]);
    expect(items[0]?.prompt).toContain("a sailor, head and shoulders, proud expression, cream seamless backdrop");
    expect(await refusal({ ...body, variables: { ...body.variables, backdrop: ["cream", "pink"], wind: "x" } })).toEqual([
      "request/invalid",
      "#/variables/wind",
      "#/variables/backdrop/1",
    ]);
  });

  test("says why words cannot be varied: too many, braces that mean nothing, nothing left", async () => {
    const three = "{1|2|3}";
    expect(await refusal({ prompt: three.repeat(5) })).toEqual(["prompts/too-many-variations"]);
    expect(await refusal({ prompt: "a {boat" })).toEqual(["request/invalid", "#/prompt"]);
    expect(await refusal({ prompt: "a {boat}" })).toEqual(["request/invalid", "#/prompt"]);
    expect(await refusal({ prompt: "{a|}" })).toEqual(["request/invalid", "#/prompt"]);
  });

  test("refuses what the generation itself would, and costs what its images cost", async () => {
    expect(await refusal({ prompt: "a boat", provider: "sketch", width: 9_999, height: 64 })).toEqual(["request/invalid", "#/width"]);
    expect(await refusal({ prompt: "a boat", model: "none" })).toEqual(["request/invalid", "#/model"]);
    const on = catalogue.models.filter(({ use }) => use === "on");
    const dear = on.find(({ priceMicroUsd }) => priceMicroUsd.standard > 0);
    const free = on.find(({ priceMicroUsd }) => priceMicroUsd.standard === 0);
    for (const entry of [dear, free]) {
      if (!entry) throw new Error("The catalogue has none such.");
      const { provider, model } = entry;
      const { costMicroUsd, images } = await seen({ prompt: "a {red|blue|green} boat", provider, model });
      expect([images, costMicroUsd]).toEqual([3, 3 * entry.priceMicroUsd.standard]);
    }
  });
});
