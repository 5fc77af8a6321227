import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { makeOutside } from "../outside/index.ts";
import type { Picture, Settings } from "./contract.ts";
import { imageModels } from "./models/index.ts";
import { makeProvider } from "./registry.ts";
import { drawn, pictureOf, type RigName, rigged } from "./rigs.fixture.ts";
import { type ProviderName, providerNames } from "./settings.ts";

/** A server that says what a test tells it to, in a provider's place. */
async function saying(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const provider = (name: ProviderName, settings: Settings) => makeProvider(name, settings, { outside: makeOutside(), models: imageModels });

describe("settings", () => {
  test("one that is missing is named, and nothing is sent", async () => {
    const missing = providerNames.map((name) => [name, provider(name, {}).missing()]);
    expect(Object.fromEntries(missing)).toEqual({
      sketch: [],
      ...Object.fromEntries(
        ["replicate", "stability", "openai", "gemini", "huggingface", "blackbox", "bedrock"].map((name) => [name, ["key"]]),
      ),
      ...Object.fromEntries(["midjourney", "automatic1111", "comfyui"].map((name) => [name, ["baseUrl"]])),
    });
    for (const name of providerNames.filter((one) => one !== "sketch")) {
      const model = imageModels.find((row) => row.provider === name && row.state === "live")?.model ?? "";
      expect(await provider(name, {}).submit(pictureOf(model))).toMatchObject({ failure: { class: "reauthorise" } });
    }
  });

  test("a key that cannot be a header is told without being repeated", async () => {
    const key = "sk-with-a\nline-break";
    const submitted = await provider("openai", { key, baseUrl: "http://127.0.0.1:9" }).submit(pictureOf("gpt-image-2"));
    expect(submitted).toMatchObject({ failure: { class: "reauthorise" } });
    expect(JSON.stringify(submitted)).not.toContain("line-break");
  });

  test("a key that a provider repeats in its error is taken out of what is told", async () => {
    const key = "sk-proj-0123456789abcdef";
    for (const [name, model] of [
      ["openai", "gpt-image-2"],
      ["stability", "core"],
      ["replicate", "black-forest-labs/flux-schnell"],
      ["gemini", "gemini-3.1-flash-image"],
    ] as const) {
      const words = `Your API key ${key} is wrong; content_moderation`;
      const baseUrl = await saying((_, outgoing) =>
        outgoing.writeHead(403, { "content-type": "application/json" }).end(
          JSON.stringify({
            error: { message: words, code: "moderation_blocked" },
            name: "content_moderation",
            errors: [words],
            detail: words,
          }),
        ),
      );
      const told = JSON.stringify(await provider(name, { key, baseUrl }).submit(pictureOf(model)));
      expect(told).toContain("Your API key …");
      expect(told).not.toContain(key);
    }
  });

  test("a provider at a private address that configuration has not set is not called", async () => {
    const outside = makeOutside({ resolve: async () => ["127.0.0.1"], dial: () => expect.unreachable("nobody is to be called") });
    const openai = makeProvider("openai", { key: "sk-0123456789" }, { outside, models: imageModels });
    expect(await openai.submit(pictureOf("gpt-image-2"))).toMatchObject({ failure: { class: "bad-request" } });
  });

  test("a picture at a private address is not fetched, and the key goes to nobody else", async () => {
    const { provider: replicate } = await rigged("replicate");
    for (const url of ["http://169.254.169.254/latest", "http://10.0.0.1/picture.png", "file:///etc/passwd", "nonsense"])
      expect(await replicate.fetchOutput({ kind: "url", url }), url).toMatchObject({ kind: "failed" });
    const seen: (string | undefined)[] = [];
    const other = await saying((incoming, outgoing) => {
      seen.push(incoming.headers.authorization);
      outgoing.end();
    });
    const outside = makeOutside();
    const trusting = makeProvider(
      "replicate",
      { key: "r8_0123456789", baseUrl: "http://127.0.0.1:9" },
      {
        // Stands for a public host beside Replicate's own.
        outside: { ...outside, call: (request, limits) => outside.call(request, { ...limits, allow: [other] }) },
        models: imageModels,
      },
    );
    await trusting.fetchOutput({ kind: "url", url: `${other}/out.png` });
    expect(seen).toEqual([undefined]);
  });
});

describe("the catalogue", () => {
  test("has a live model for every provider, each row with its source, and styles that many share", () => {
    for (const name of providerNames)
      expect(
        imageModels.some((row) => row.provider === name && row.state === "live"),
        name,
      ).toBe(true);
    for (const row of imageModels) expect(row.source, row.model).not.toBe("");
    for (const row of imageModels.filter(({ state }) => state === "retired")) expect(row.why, row.model).toBeTruthy();
    expect(new Set(imageModels.map(({ provider, model }) => `${provider} ${model}`)).size).toBe(imageModels.length);
  });

  test("a retired model is refused with the reason, and a retired one of a stand-in is gone there too", async () => {
    const { simulator, provider: bedrock } = await rigged("bedrock");
    expect(await bedrock.submit(pictureOf("amazon.nova-canvas-v1:0"))).toMatchObject({
      failure: { class: "bad-request", detail: expect.stringContaining("2026-09-30") },
    });
    expect(simulator.requests()).toEqual([]);
    const revived = imageModels.map((row) => (row.state === "retired" ? { ...row, state: "live" as const } : row));
    for (const [name, model] of [
      ["bedrock", "amazon.nova-canvas-v1:0"],
      ["gemini", "gemini-2.5-flash-image"],
    ] as const) {
      const { provider: still } = await rigged(name, { means: { models: revived } });
      expect(await still.submit(pictureOf(model))).toMatchObject({ failure: { class: "bad-request" } });
    }
  });

  test("every live model of every provider draws at each quality and in each style, within its estimate", async () => {
    const names = providerNames.filter((name): name is RigName => name !== "sketch");
    for (const name of names) {
      const { simulator, provider: drawer } = await rigged(name);
      for (const row of imageModels.filter((one) => one.provider === name && one.state === "live")) {
        const styles = [undefined, ...Object.keys(row.styles)];
        const pictures: Picture[] = [
          ...(["draft", "standard", "hd"] as const).map((quality) => pictureOf(row.model, { quality, width: 1600, height: 900 })),
          ...styles.slice(0, 3).map((style) => pictureOf(row.model, { style, negativePrompt: "blur", seed: 0 })),
        ];
        for (const picture of pictures) {
          const ending = await drawn(drawer, picture);
          expect(ending, `${row.model} ${picture.quality} ${picture.style} ${JSON.stringify(ending).slice(0, 300)}`).toHaveProperty(
            "bytes",
          );
          if ("bytes" in ending) expect(ending.costMicroUsd).toBeLessThanOrEqual(drawer.estimate(picture));
        }
      }
      expect(simulator.predictions().every(({ state }) => state === "succeeded")).toBe(true);
    }
  });
});

describe("a question about work under way", () => {
  test.each(["midjourney", "comfyui"] as const)("that %s does not answer says nothing of the work, and is asked once", async (name) => {
    const { simulator, provider: drawer, model } = await rigged(name);
    const submitted = await drawer.submit(pictureOf(model));
    if (submitted.kind !== "accepted") expect.unreachable();
    for (const fault of ["serverError", "unavailable", "garbage", "resetBefore", "cutShort"] as const) {
      const before = simulator.requests().length;
      simulator.order(fault, { at: "read" });
      const polled = await drawer.poll?.(submitted.reference);
      expect(polled, fault).toMatchObject({ kind: "unanswered", failure: { class: "retry" } });
      expect(simulator.requests().length - before, fault).toBe(1);
    }
    await vi.waitFor(async () => expect(await drawer.poll?.(submitted.reference)).toMatchObject({ kind: "done" }));
  });
});

describe("Stability AI", () => {
  test("gets the nearest ratio, a preset of its own for a style, and a seed that means none other", async () => {
    const { simulator, provider: stability } = await rigged("stability");
    const ending = await drawn(
      stability,
      pictureOf("core", { width: 1000, height: 560, style: "photographic", seed: 0, negativePrompt: "blur" }),
    );
    expect(simulator.requests()[0]?.summary.split(" ").sort()).toEqual(
      ["aspect_ratio", "negative_prompt", "output_format", "prompt", "seed", "style_preset"].sort(),
    );
    if (!("bytes" in ending)) expect.unreachable();
    const { width = 0, height = 1 } = await sharp(ending.bytes).metadata();
    expect(width / height).toBeCloseTo(16 / 9, 0);
    expect(simulator.predictions()[0]?.parameters).toMatchObject({ seed: ending.seed, negativePrompt: "blur" });
    expect(ending.seed).toBeGreaterThan(0);
  });

  test("a picture that was blurred by its filter is refused though it came with 200", async () => {
    const { simulator, provider: stability } = await rigged("stability");
    simulator.order("refuse");
    expect(await stability.submit(pictureOf("ultra"))).toMatchObject({ failure: { class: "refused" } });
  });
});

describe("Gemini", () => {
  test("the package's fetch is ours for its own call alone", async () => {
    const before = globalThis.fetch;
    const { simulator, provider: gemini } = await rigged("gemini");
    const spied = vi.spyOn(globalThis, "fetch");
    onTestFinished(() => spied.mockRestore());
    const standing = globalThis.fetch;
    const submitted = gemini.submit(pictureOf("gemini-3.1-flash-image"));
    expect(globalThis.fetch).toBe(standing);
    await submitted;
    expect(spied).not.toHaveBeenCalled();
    spied.mockRestore();
    expect(globalThis.fetch).toBe(before);
    expect(simulator.requests()).toHaveLength(1);
    expect(simulator.requests()[0]?.headers["user-agent"]).toBe("atelier");
  });
});

describe("Hugging Face", () => {
  test("asks who serves the model, and that one in its own form", async () => {
    const { simulator, provider: huggingface } = await rigged("huggingface");
    expect(await drawn(huggingface, pictureOf("black-forest-labs/FLUX.1-schnell"))).toMatchObject({ mimeType: "image/png" });
    expect(simulator.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /api/models/black-forest-labs/FLUX.1-schnell?expand[]=inferenceProviderMapping",
      "POST /together/v1/images/generations",
    ]);
  });

  test("pays nobody where the hub is silent or names no one who is known here", async () => {
    const { simulator, provider: huggingface, model } = await rigged("huggingface");
    simulator.order("unavailable", { at: "read" });
    expect(await huggingface.submit(pictureOf(model))).toMatchObject({ failure: { class: "retry" } });
    const baseUrl = await saying((_, outgoing) =>
      outgoing.end(
        JSON.stringify({
          inferenceProviderMapping: [
            { provider: "fal-ai", providerId: "x", status: "live" },
            { provider: "together", providerId: "x", status: "staging" },
          ],
        }),
      ),
    );
    expect(await provider("huggingface", { key: "hf_0123456789", baseUrl }).submit(pictureOf(model))).toMatchObject({
      failure: { class: "bad-request" },
    });
    expect(simulator.predictions()).toEqual([]);
  });
});

test("the guide to adding a provider shows the smallest adapter as it is", () => {
  const guide = readFileSync(new URL("../../../../docs/guides/add-a-provider.md", import.meta.url), "utf8");
  const source = readFileSync(new URL("./automatic1111.ts", import.meta.url), "utf8");
  expect(guide).toContain(`\`\`\`ts\n${source}\`\`\`\n`);
});

describe("sketch", () => {
  test("draws under the same contract, and asks nobody", async () => {
    const nobody = () => expect.unreachable("nobody is to be called");
    const outside = { call: nobody, stream: nobody };
    const sketch = makeProvider("sketch", {}, { outside, models: imageModels });
    const ending = await drawn(sketch, pictureOf("sketch-1", { width: 64, height: 64, style: "ridges" }));
    expect(ending).toMatchObject({ at: "file", mimeType: "image/png", costMicroUsd: 0, seed: 7 });
  });
});
