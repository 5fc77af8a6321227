import sharp from "sharp";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Provider, ProviderOptions } from "./contract.ts";
import { drawing, encode } from "./pictures/index.ts";
import { get, post, prompt } from "./provider-calls.fixture.ts";
import { startStability } from "./stability.ts";

const started: Provider[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.close()));
});

async function stability(options: ProviderOptions = {}) {
  const provider = await startStability(options);
  started.push(provider);
  return provider;
}

type Fields = Record<string, string | Blob>;

function ask(provider: Provider, operation: string, fields: Fields, accept = "image/*"): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) typeof value === "string" ? body.set(name, value) : body.set(name, value, "input");
  return fetch(`${provider.url}/v2beta/stable-image/${operation}`, {
    method: "POST",
    headers: { authorization: `Bearer ${provider.key}`, accept },
    body,
  });
}

const input = (width: number, height: number) =>
  new Blob([new Uint8Array(encode(drawing("in", width, height)).bytes)], { type: "image/png" });
const sizeOf = async (response: Response) => {
  const { width = 0, height = 0, format } = await sharp(await response.arrayBuffer()).metadata();
  return { width, height, format };
};
const errorsOf = async (response: Response) => ((await response.json()) as { errors: string[] }).errors.join("; ");

describe("a generation", () => {
  test("gives bytes with its seed and reason in headers, or JSON with base64", async () => {
    const provider = await stability();
    const bytes = await ask(provider, "generate/core", { prompt, seed: "7" });
    expect(Object.fromEntries(bytes.headers)).toMatchObject({ "content-type": "image/png", seed: "7", "finish-reason": "SUCCESS" });
    const json = await ask(provider, "generate/core", { prompt, seed: "7" }, "application/json");
    expect(json.headers.get("content-type")).toBe("application/json; type=image/png");
    const { image, finish_reason, seed } = (await json.json()) as { image: string; finish_reason: string; seed: number };
    expect({ finish_reason, seed }).toEqual({ finish_reason: "SUCCESS", seed: 7 });
    expect(Buffer.from(image, "base64")).toEqual(Buffer.from(await bytes.arrayBuffer()));
  });

  test("has the ratio, area, format and price of its engine", async () => {
    const provider = await stability();
    const wide = await sizeOf(await ask(provider, "generate/core", { prompt, aspect_ratio: "21:9", output_format: "webp" }));
    expect(wide.format).toBe("webp");
    expect(wide.width / wide.height).toBeCloseTo(21 / 9, 0);
    expect(wide.width * wide.height).toBeGreaterThan(1_400_000);
    expect(await sizeOf(await ask(provider, "generate/ultra", { prompt, output_format: "jpeg" }))).toEqual({
      width: 1024,
      height: 1024,
      format: "jpeg",
    });
    expect(await sizeOf(await ask(provider, "generate/sd3", { prompt, model: "sd3.5-medium" }))).toMatchObject({ width: 1024 });
    expect(provider.predictions().map(({ model, costMicroUsd }) => [model, costMicroUsd])).toEqual([
      ["generate/core", 30_000],
      ["generate/ultra", 80_000],
      ["generate/sd3", 35_000],
    ]);
  });

  test("is refused with 200 and a blurred picture, or with 403 for its prompt; neither is billed", async () => {
    const provider = await stability();
    provider.order("refuse");
    provider.order("refuseOtherwise");
    const filtered = await ask(provider, "generate/core", { prompt });
    expect([filtered.status, filtered.headers.get("finish-reason")]).toEqual([200, "CONTENT_FILTERED"]);
    const { channels } = await sharp(await filtered.arrayBuffer()).stats();
    expect(channels[0]).toMatchObject({ min: 128, max: 128 });
    const moderated = await ask(provider, "generate/core", { prompt });
    expect([moderated.status, await moderated.json()]).toMatchObject([403, { name: "content_moderation" }]);
    expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([["refused", 0]]);
  });

  test("must be multipart, even without a file", async () => {
    const provider = await stability();
    const answer = await post(provider, "/v2beta/stable-image/generate/core", { prompt });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { name: "bad_request", errors: [expect.stringContaining("multipart")] },
    ]);
  });

  test("with wrong fields is a 400 that names each of them", async () => {
    const provider = await stability();
    const wrong: [string, Fields, string[]][] = [
      ["core", {}, ["prompt"]],
      ["core", { prompt: "x".repeat(10_001), negative_prompt: "x".repeat(10_001) }, ["prompt", "negative_prompt"]],
      [
        "core",
        { prompt, aspect_ratio: "4:3", seed: "-1", output_format: "gif", style_preset: "pretty" },
        ["seed", "output_format", "aspect_ratio", "style_preset"],
      ],
      ["core", { prompt, seed: "4294967295" }, ["seed"]],
      ["sd3", { prompt, output_format: "webp", model: "sd1", mode: "image-to-image" }, ["output_format", "model"]],
      ["sd3", { prompt, mode: "image-to-image" }, ["image", "strength"]],
      ["ultra", { prompt, image: input(64, 64) }, ["strength"]],
      ["ultra", { prompt, image: new Blob(["<svg/>"]) }, ["image"]],
    ];
    for (const [engine, fields, named] of wrong) {
      const answer = await ask(provider, `generate/${engine}`, fields);
      expect(answer.status).toBe(400);
      const told = await errorsOf(answer);
      expect(told.split("; ").map((one) => one.split(":")[0])).toEqual(named);
    }
    expect((await ask(provider, "generate/core", { prompt }, "text/html")).status).toBe(400);
    expect(provider.predictions()).toEqual([]);
  });

  test("over 10 MiB is a 413", async () => {
    const provider = await stability();
    const image = new Blob([new Uint8Array(10 * 1024 * 1024)]);
    expect((await ask(provider, "generate/ultra", { prompt, image, strength: "0.5" })).status).toBe(413);
  });
});

describe("an edit", () => {
  test("keeps the size of its picture; without a background it is see-through", async () => {
    const provider = await stability();
    const answer = await ask(provider, "edit/remove-background", { image: input(120, 90) });
    expect(await sharp(await answer.arrayBuffer()).metadata()).toMatchObject({ width: 120, height: 90, hasAlpha: true });
    expect((await ask(provider, "edit/inpaint", { image: input(120, 90), prompt })).status).toBe(200);
  });

  test("of a picture that is too small or too large is refused", async () => {
    const provider = await stability();
    expect(await errorsOf(await ask(provider, "edit/remove-background", { image: input(63, 90) }))).toContain("side");
    expect(await errorsOf(await ask(provider, "edit/remove-background", { image: input(2049, 2048) }))).toContain("pixels");
    expect(await errorsOf(await ask(provider, "upscale/conservative", { prompt, image: input(64, 200) }))).toContain("ratio");
    expect(await errorsOf(await ask(provider, "upscale/conservative", { prompt, image: input(64, 64), creativity: "0.9" }))).toContain(
      "creativity",
    );
  });
});

describe("an upscale", () => {
  test("enlarges fourfold at once, or to four megapixels", async () => {
    const provider = await stability();
    expect(await sizeOf(await ask(provider, "upscale/fast", { image: input(100, 50) }))).toMatchObject({ width: 400, height: 200 });
    expect(await sizeOf(await ask(provider, "upscale/conservative", { prompt, image: input(128, 128) }))).toMatchObject({
      width: 2048,
      height: 2048,
    });
  });

  async function creative(provider: Provider) {
    const answer = await ask(provider, "upscale/creative", { prompt, image: input(64, 64) });
    const { id } = (await answer.json()) as { id: string };
    return { id, poll: () => get(provider, `/v2beta/results/${id}`, { accept: "image/*" }) };
  }

  test("that is creative is fetched when it is done, for a day", async () => {
    let now = Date.now();
    const provider = await stability({ now: () => now });
    provider.hold();
    const { id, poll } = await creative(provider);
    expect(id).toHaveLength(64);
    const early = await poll();
    expect([early.status, await early.json()]).toEqual([202, { id, status: "in-progress" }]);
    expect(provider.predictions()).toMatchObject([{ id, state: "running" }]);
    provider.step();
    expect(await sizeOf(await poll())).toMatchObject({ width: 2048, height: 2048 });
    expect((await get(provider, `/v2beta/stable-image/upscale/creative/result/${id}`)).status).toBe(200);
    now += 86_400_000;
    expect((await poll()).status).toBe(404);
    expect(provider.predictions()).toMatchObject([{ state: "succeeded", costMicroUsd: 250_000 }]);
  });

  test("that is creative can fail, be filtered, or never end", async () => {
    const provider = await stability();
    provider.order("fail");
    const failed = await creative(provider);
    await vi.waitFor(async () => expect((await failed.poll()).status).toBe(500));
    provider.order("refuse");
    const filtered = await creative(provider);
    await vi.waitFor(async () => expect((await filtered.poll()).headers.get("finish-reason")).toBe("CONTENT_FILTERED"));
    provider.order("stuck");
    const stuck = await creative(provider);
    const after = await creative(provider);
    await vi.waitFor(async () => expect((await after.poll()).status).toBe(200));
    expect((await stuck.poll()).status).toBe(202);
    expect(provider.predictions().map(({ state, costMicroUsd }) => [state, costMicroUsd])).toEqual([
      ["failed", 0],
      ["refused", 0],
      ["running", 250_000],
      ["succeeded", 250_000],
    ]);
  });
});

test("the 151st request in ten seconds blocks all for a minute", async () => {
  let now = Date.now();
  const provider = await stability({ now: () => now });
  const status = async () => (await get(provider, "/v2beta/results/none")).status;
  for (let count = 0; count < 150; count += 1) expect(await status()).toBe(404);
  expect(await status()).toBe(429);
  now += 59_999;
  expect(await status()).toBe(429);
  now += 1;
  expect(await status()).toBe(404);
});
