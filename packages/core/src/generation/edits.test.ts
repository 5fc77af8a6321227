import { describe, expect, test } from "vitest";
import { Problem } from "../kernel/index.ts";
import { catalogueOf } from "./catalogue.ts";
import { editRouteOf } from "./edits.ts";
import { GenerationRequest } from "./request.ts";
import { routeOf } from "./route.ts";

const withKeys = (on: readonly string[], order: readonly string[] = []) =>
  catalogueOf((provider) => (provider === "sketch" || on.includes(provider) ? [] : [`${provider.toUpperCase()}_KEY`]), order);
const both = withKeys(["replicate", "stability"]);

const cutOut = { type: "remove_background" } as const;
const picture = { sha256: "", mimeType: "image/png", width: 1_024, height: 1_024, bytes: 1_000_000 };
const wanted = (more: Partial<Parameters<typeof editRouteOf>[1]> = {}) => ({
  operation: cutOut,
  model: undefined,
  source: picture,
  ...more,
});
const names = (...asked: Parameters<typeof editRouteOf>) => editRouteOf(...asked).map(({ provider, model }) => `${provider}/${model}`);
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("No problem was told.");
};

describe("who is asked for an edit", () => {
  test("are those that are on and do it, the cheapest first, or in the order that was chosen, each provider once", () => {
    expect(names(both, wanted())).toEqual(["replicate/recraft-ai/recraft-remove-background", "stability/remove-background"]);
    expect(names(withKeys(["replicate", "stability"], ["stability"]), wanted())[0]).toBe("stability/remove-background");
    expect(names(both, wanted({ operation: { type: "upscale", factor: 4 } }))).toEqual([
      "replicate/nightmareai/real-esrgan",
      "stability/upscale-fast",
    ]);
    expect(names(both, wanted({ model: "remove-background" }))).toEqual(["stability/remove-background"]);
  });

  test("is nobody without keys, and the problem says which settings turn one on", () => {
    const { type, message } = problemOf(() => editRouteOf(withKeys([]), wanted()));
    expect(type.code).toBe("generation/model-unavailable");
    expect(message).toContain("No model that removes backgrounds is on.");
    expect(message).toMatch(/STABILITY_KEY.*REPLICATE_KEY/);
  });

  test("is told with what there is where a model is named that does not do it", () => {
    for (const model of ["upscale-fast", "sketch-1", "nonsense"]) {
      const { type, errors } = problemOf(() => editRouteOf(both, wanted({ model })));
      expect([type.code, errors?.[0]?.pointer]).toEqual(["request/invalid", "#/model"]);
      expect(errors?.[0]?.detail).toContain("remove-background");
    }
  });

  test("are those that can take the picture, and where none can, each says what it takes", () => {
    const source = { ...picture, width: 2_100, height: 2_000 };
    expect(names(both, wanted({ source }))).toEqual(["replicate/recraft-ai/recraft-remove-background"]);
    expect(names(both, wanted({ source: { ...picture, bytes: 6 * 1024 * 1024 } }))).toEqual(["stability/remove-background"]);
    const { type, errors } = problemOf(() => editRouteOf(both, wanted({ source: { ...picture, width: 8_000, height: 8_000 } })));
    expect(type.code).toBe("request/invalid");
    expect(errors?.map(({ detail }) => detail)).toEqual([
      "Stability Remove Background: It takes pictures of 4,096 to 4,194,304 pixels in all; this has 64,000,000.",
      "Recraft Remove Background: It takes pictures of 1,024 to 16,000,000 pixels in all; this has 64,000,000.",
    ]);
  });
});

describe("a generation", () => {
  const ask = (more: object) => GenerationRequest.parse({ prompt: "fog", ...more });

  test("that names a model of edits is refused, and told where that one is asked for", () => {
    for (const { provider, model } of both.edits)
      for (const named of [{}, { provider }]) {
        const { type, message, errors } = problemOf(() => routeOf(both, ask({ model, ...named })));
        expect([type.code, errors?.[0]?.pointer]).toEqual(["request/invalid", "#/model"]);
        expect(message).toContain("POST /v1/images/{id}/edits");
      }
  });

  test("that names none is never led to one of edits", () => {
    const ofEdits = new Set(both.edits.map(({ provider, model }) => `${provider}/${model}`));
    for (const quality of ["draft", "standard", "hd"])
      for (const { provider, model } of routeOf(both, ask({ quality }))) expect(ofEdits.has(`${provider}/${model}`)).toBe(false);
    expect(both.models.filter(({ provider, model }) => ofEdits.has(`${provider}/${model}`))).toEqual([]);
  });
});
