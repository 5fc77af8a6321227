import { array, assert, constantFrom, option, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../kernel/index.ts";
import { providerNames } from "../providers/index.ts";
import { catalogueOf } from "./catalogue.ts";
import { longestRoute } from "./limits.ts";
import { GenerationRequest } from "./request.ts";
import { routeOf } from "./route.ts";

const withOn = (on: readonly string[], order: readonly string[] = []) =>
  catalogueOf((provider) => (provider === "sketch" || on.includes(provider) ? [] : [`${provider}'s key`]), order);
const ask = (body: Record<string, unknown> = {}) => GenerationRequest.parse({ prompt: "a harbour", ...body });
const names = (...given: Parameters<typeof routeOf>) => routeOf(...given).map(({ provider }) => provider);

describe("who is asked", () => {
  test("is the built-in renderer where nothing else is on, whatever the operator's order says", () => {
    expect(names(withOn([]), ask())).toEqual(["sketch"]);
    expect(names(withOn([], ["replicate"]), ask())).toEqual(["sketch"]);
  });

  test("is only who is named, or all who are, in the request's order", () => {
    const catalogue = withOn(["replicate", "stability", "openai"], ["openai"]);
    expect(names(catalogue, ask({ provider: "stability" }))).toEqual(["stability"]);
    expect(names(catalogue, ask({ providers: ["stability", "replicate"] }))).toEqual(["stability", "replicate"]);
    expect(names(catalogue, ask({ provider: "sketch" }))).toEqual(["sketch"]);
  });

  test("is the operator's order first, then the cheapest that is on, and never sketch in the place of a model", () => {
    expect(names(withOn(["replicate", "stability", "openai"], ["stability"]), ask())).toEqual(["stability", "replicate", "openai"]);
    expect(names(withOn(["replicate", "stability"], ["sketch"]), ask())).toEqual(["sketch", "replicate", "stability"]);
  });

  test("can do what is asked: a provider takes the cheapest of its models that can, and one that has none is left out", () => {
    const catalogue = withOn(["replicate", "stability", "gemini"]);
    expect(routeOf(catalogue, ask({ negativePrompt: "people", providers: ["replicate", "stability"] }))).toEqual([
      { provider: "replicate", model: "stability-ai/sdxl" },
      { provider: "stability", model: "core" },
    ]);
    expect(names(catalogue, ask({ negativePrompt: "people", providers: ["gemini", "stability"] }))).toEqual(["stability"]);
  });

  test("is told in the problem where nobody can: what is allowed, what is missing, or who there is", () => {
    const problemOf = (...given: Parameters<typeof routeOf>) => {
      try {
        return routeOf(...given);
      } catch (error) {
        if (error instanceof Problem) return { code: error.type.code, detail: error.message, errors: error.errors };
        throw error;
      }
    };
    expect(problemOf(withOn(["gemini"]), ask({ provider: "gemini", negativePrompt: "people" }))).toMatchObject({
      code: "request/invalid",
      errors: [{ pointer: "#/negativePrompt" }],
    });
    expect(problemOf(withOn([]), ask({ provider: "replicate" }))).toMatchObject({
      code: "generation/model-unavailable",
      detail: expect.stringContaining("replicate's key"),
    });
    expect(problemOf(withOn([]), ask({ model: "nobody's" }))).toMatchObject({ code: "request/invalid", errors: [{ pointer: "#/model" }] });
  });

  test("is on, named by the request if it names any, there once, and not too many, whatever is set", () => {
    const some = array(constantFrom(...providerNames), { maxLength: 5 });
    assert(
      property(
        record({ on: some, order: some, named: option(array(constantFrom(...providerNames), { minLength: 1, maxLength: 5 })) }),
        (given) => {
          const { on, order, named } = given;
          let route: string[];
          try {
            route = names(withOn(on, order), ask(named ? { providers: named } : {}));
          } catch (error) {
            // All of those who are named are off.
            expect(error).toBeInstanceOf(Problem);
            expect(named?.some((name) => name === "sketch" || on.includes(name))).toBe(false);
            return;
          }
          expect(route.length).toBeGreaterThan(0);
          expect(route.length).toBeLessThanOrEqual(longestRoute);
          expect(new Set(route).size).toBe(route.length);
          for (const name of route) expect(name === "sketch" || on.includes(name as (typeof on)[number])).toBe(true);
          if (named) for (const name of route) expect(named).toContain(name);
          else if (on.some((name) => name !== "sketch") && !order.includes("sketch")) expect(route).not.toContain("sketch");
        },
      ),
    );
  });
});
