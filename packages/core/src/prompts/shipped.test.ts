import { describe, expect, test } from "vitest";
import { newJob } from "../generation/new-job.ts";
import { type Context, idPattern, processClock } from "../kernel/index.ts";
import { screen } from "../safety/index.ts";
import { applied } from "./fill.ts";
import { TemplateRequest } from "./request.ts";
import { findShipped, shippedCategories, shippedPage } from "./shipped.ts";
import { contentOf, type Template, type Value } from "./template.ts";
import { faultsIn } from "./wording.ts";

const ctx: Context = {
  actor: { kind: "user", userId: "ada" },
  role: "owner",
  workspaceId: "wks_test",
  correlationId: "req_test",
  clock: processClock,
};
const all = shippedPage(ctx, { source: "shipped", limit: 1_000 })?.items ?? [];
const named = all.map((template) => [`${template.category}: ${template.name}`, template] as const);

/** As a request fills it that takes each default, or else each example. */
const fillWith = (template: Template, kind: "default" | "example") => {
  const given: Record<string, Value> = {};
  for (const variable of template.variables) {
    const value = kind === "default" ? (variable.default ?? variable.example) : (variable.example ?? variable.default);
    if (value !== undefined) given[variable.name] = value;
  }
  return applied(contentOf(template), { id: template.id, version: 1 }, { count: 1, tags: [] }, given);
};

describe("the shipped catalogue", () => {
  test("has eight categories or more, with five templates or more each, all for all ages", () => {
    expect(shippedCategories.length).toBeGreaterThanOrEqual(8);
    for (const { category, entries } of shippedCategories) expect([category, entries.length >= 5]).toEqual([category, true]);
    expect(new Set(all.map(({ rating }) => rating))).toEqual(new Set(["general"]));
    const choices = (template: (typeof all)[number]) => template.variables.flatMap((one) => (one.type === "choice" ? one.choices : []));
    expect(
      all.filter(
        (template) => screen({ words: [template.text, ...choices(template)], negative: template.negativePrompt }).rules.length > 0,
      ),
    ).toEqual([]);
  });

  test("gives every template an id of its own, of a moment at which nobody could make one", () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id } of all) {
      expect(id).toMatch(idPattern("tpl"));
      expect(id.slice(4, 14)).toBe("0000000000");
      expect(findShipped(ctx, id)?.id).toBe(id);
    }
  });

  test("is paged without a gap and without a repetition", () => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = shippedPage(ctx, { source: "shipped", limit: 7, cursor });
      seen.push(...(page?.items ?? []).map(({ id }) => id));
      if (!page?.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });
});

describe("the shipped template", () => {
  test.each(named)("%s is one that a person could have written", (_name, template) => {
    const { name, description, category, rating } = template;
    expect(TemplateRequest.safeParse({ name, description, category, rating, ...contentOf(template) }).error).toBeUndefined();
    expect(faultsIn(template)).toEqual([]);
  });

  test.each(named)("%s makes a sound request with its examples and with its defaults", (_name, template) => {
    for (const kind of ["default", "example"] as const) {
      const request = fillWith(template, kind);
      expect(request.prompt).not.toMatch(/[{}]|undefined|\s{2}| ,/);
      expect(request.negativePrompt).toContain("nudity");
      const job = newJob(ctx, request);
      expect(job).toMatchObject({ prompt: request.prompt, width: template.parameters.width, template: { id: template.id, version: 1 } });
      for (const value of Object.values(job.template?.variables ?? {})) expect(request.prompt).toContain(value);
    }
  });
});
