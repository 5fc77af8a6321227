import sharp from "sharp";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Provider, ProviderOptions } from "./contract.ts";
import type { Fault } from "./faults.ts";
import { calls, prompt } from "./provider-calls.fixture.ts";
import { type ProviderName, providers } from "./providers.ts";

const started: Provider[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.close()));
});

async function start(name: ProviderName, options: ProviderOptions = {}): Promise<Provider> {
  const provider: Provider = await providers[name](options);
  started.push(provider);
  return provider;
}

/** The answer that carries the result, of one piece of work. */
async function resultOf(name: ProviderName, provider: Provider): Promise<Response> {
  const answered = await calls[name].work(provider);
  return calls[name].result?.(provider, answered) ?? answered;
}

const names = Object.keys(providers) as ProviderName[];

/** What an ordered fault answers; where that is not the status, the provider's own test tells. */
const statuses: Partial<Record<Fault, readonly number[]>> = {
  throttle: [429, 200],
  throttleWithoutRetryAfter: [429],
  serverError: [500],
  unavailable: [503],
  badKey: [400, 401, 403],
  outOfCredit: [402, 429],
};

describe.each(names)("%s", (name) => {
  const can = (provider: Provider, fault: Fault) => provider.faults.includes(fault);

  test("takes one piece of work for one call, and sends a real picture", async () => {
    const provider = await start(name);
    const result = await resultOf(name, provider);
    expect(result.status).toBe(200);
    expect(provider.name).toBe(name);
    expect(provider.predictions()).toMatchObject([{ prompt, state: "succeeded" }]);
    const bytes = await calls[name].bytes?.(result);
    if (!bytes) return;
    const { format, width = 0, height = 0 } = await sharp(bytes).metadata();
    expect(format).toBe("png");
    expect(Math.min(width, height)).toBeGreaterThan(100);
    const again = await calls[name].bytes?.(await resultOf(name, await start(name)));
    // A task of Midjourney's without --seed is drawn anew each time.
    expect(again?.equals(bytes)).toBe(name !== "midjourney");
  });

  test("does before the work what was ordered, takes nothing then, and goes on well", async () => {
    const provider = await start(name);
    for (const [fault, allowed] of Object.entries(statuses) as [Fault, readonly number[]][]) {
      if (!can(provider, fault)) continue;
      provider.order(fault);
      const answer = await calls[name].work(provider);
      expect({ fault, allowed: allowed.includes(answer.status) }).toEqual({ fault, allowed: true });
      if (fault === "throttleWithoutRetryAfter") expect(answer.headers.has("retry-after")).toBe(false);
      expect(provider.counts()[fault]).toBe(1);
    }
    provider.order("garbage");
    const garbage = await calls[name].work(provider);
    expect([garbage.status, await garbage.text()]).toEqual([200, expect.stringContaining("<html>")]);
    provider.order("resetBefore");
    await expect(calls[name].work(provider)).rejects.toThrow();
    expect(provider.predictions()).toEqual([]);
    expect((await calls[name].work(provider)).status).toBeLessThan(300);
    expect(provider.predictions()).toHaveLength(1);
  });

  test("takes the work once, and bills it, when the line breaks behind it", async () => {
    const provider = await start(name);
    provider.order("resetAfter");
    await expect(calls[name].work(provider)).rejects.toThrow();
    await vi.waitFor(() => expect(provider.predictions()).toMatchObject([{ prompt, state: "succeeded" }]));
    expect(provider.counts().resetAfter).toBe(1);
  });

  test("never answers where that was ordered, with the work or without, and can be closed then", async () => {
    const provider = await start(name);
    provider.order("hangBefore");
    const before = calls[name].work(provider);
    const ends = [before];
    await vi.waitFor(() => expect(provider.counts().hangBefore).toBe(1));
    expect(provider.predictions()).toEqual([]);
    provider.order("hang");
    ends.push(calls[name].work(provider));
    await vi.waitFor(() => expect(provider.counts().hang).toBe(1));
    expect(provider.predictions()).toHaveLength(1);
    const settled = Promise.allSettled(ends);
    await provider.close();
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  test("spoils the picture as ordered: cut in half, or of another type than it says", async () => {
    const provider = await start(name);
    if (!calls[name].bytes) return expect(can(provider, "truncatedImage")).toBe(false);
    provider.order("truncatedImage");
    const half = await calls[name].bytes(await resultOf(name, provider));
    const outcome = await sharp(half, { failOn: "truncated" })
      .stats()
      .then(
        () => "whole",
        () => "cut off",
      );
    expect(outcome).toBe("cut off");
    provider.order("wrongType");
    const other = await calls[name].bytes(await resultOf(name, provider));
    expect(other.toString()).toMatch(/^<svg/);
    expect(provider.counts()).toMatchObject({ truncatedImage: 1, wrongType: 1 });
  });

  test("sends the result slowly, in pieces, and whole", async () => {
    const provider = await start(name, { drip: { bytes: 200, everyMs: 1 } });
    const plain = Buffer.from(await (await resultOf(name, provider)).arrayBuffer());
    provider.order("slowDrip");
    const sizes: number[] = [];
    for await (const piece of (await resultOf(name, provider)).body ?? []) sizes.push(piece.length);
    expect(sizes.length).toBeGreaterThan(1);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    expect(Math.abs(whole - plain.length)).toBeLessThan(plain.length);
    expect(provider.counts().slowDrip).toBe(1);
  });

  test("sends without end until nobody reads, or stops in the middle", async () => {
    const provider = await start(name);
    provider.order("endlessBody");
    const { body } = await resultOf(name, provider);
    let bytes = 0;
    for await (const piece of body ?? []) {
      bytes += piece.length;
      if (bytes > 5_000_000) break;
    }
    expect(bytes).toBeGreaterThan(5_000_000);
    provider.order("cutShort");
    const cut = await resultOf(name, provider);
    const read = await cut.arrayBuffer().then(
      () => "whole",
      () => "cut off",
    );
    expect(read).toBe("cut off");
  });

  test("lets nobody in without its key", async () => {
    const provider = await start(name);
    if (!can(provider, "badKey")) return expect(name).toBe("comfyui");
    const answer = await calls[name].work({ ...provider, key: "another" });
    expect(statuses.badKey).toContain(answer.status);
    expect(provider.predictions()).toEqual([]);
    expect(provider.requests()).toMatchObject([{ method: "POST", status: answer.status }]);
  });

  test("answers what is not JSON, and paths that it does not have, in its own way", async () => {
    const provider = await start(name);
    await calls[name].work(provider);
    const { path = "", headers = {} } = provider.requests()[0] ?? {};
    const known = Object.fromEntries(Object.entries(headers).filter(([key]) => /authorization|key|secret/.test(key))) as Record<
      string,
      string
    >;
    const unread = await fetch(provider.url + path, {
      method: "POST",
      headers: { ...known, "content-type": "application/json" },
      body: "[1",
    });
    expect(unread.status).toBe({ midjourney: 200, automatic1111: 422 }[name as string] ?? 400);
    expect((await fetch(`${provider.url}/nowhere`, { headers: known })).status).toBe(404);
    expect(provider.predictions()).toHaveLength(1);
  });
});

describe("orders", () => {
  const work = (provider: Provider) => calls.stability.work(provider).then(({ status }) => status);

  test("strike so often, in their order, and are taken back", async () => {
    const provider = await start("stability");
    provider.order("serverError", { times: 2 });
    provider.order("unavailable");
    expect([await work(provider), await work(provider), await work(provider), await work(provider)]).toEqual([500, 500, 503, 200]);
    provider.order("serverError", { times: 9 });
    provider.behave();
    expect(await work(provider)).toBe(200);
    expect(provider.counts()).toMatchObject({ serverError: 2, unavailable: 1, throttle: 0 });
  });

  test("with a chance go the same way with the same seed", async () => {
    const run = async (seed: number) => {
      const provider = await start("stability");
      provider.order("serverError", { chance: 0.5, seed });
      const seen: number[] = [];
      for (let count = 0; count < 16; count += 1) seen.push(await work(provider));
      return seen;
    };
    const first = await run(4);
    expect(first).toEqual(await run(4));
    expect(first).not.toEqual(await run(5));
    expect(new Set(first)).toEqual(new Set([200, 500]));
  });

  test("wait for a request that they fit: its words, its place, and work that was taken", async () => {
    const provider = await start("stability");
    provider.order("resetAfter");
    const empty = await fetch(`${provider.url}/v2beta/stable-image/generate/core`, {
      method: "POST",
      headers: { authorization: `Bearer ${provider.key}` },
      body: new FormData(),
    });
    expect([empty.status, provider.counts().resetAfter]).toEqual([400, 0]);
    expect(provider.requests()[0]).not.toHaveProperty("fault");
    await expect(work(provider)).rejects.toThrow();

    provider.order("serverError", { match: "a blue whale" });
    expect(await work(provider)).toBe(200);
    provider.behave();

    provider.order("unavailable", { at: "result", match: "/results/" });
    expect(await work(provider)).toBe(200);
    const polled = await fetch(`${provider.url}/v2beta/results/none`, { headers: { authorization: `Bearer ${provider.key}` } });
    expect(polled.status).toBe(503);
  });

  test("say how long a throttled caller has to wait", async () => {
    const provider = await start("openai");
    provider.order("throttle", { retryAfterS: 7 });
    expect((await calls.openai.work(provider)).headers.get("retry-after")).toBe("7");
  });

  test("that make no sense are refused", async () => {
    const provider = await start("groq");
    expect(() => provider.order("truncatedImage")).toThrow(RangeError);
    expect(() => provider.order("throttle", { times: 0 })).toThrow(RangeError);
    expect(() => provider.order("throttle", { chance: 2 })).toThrow(RangeError);
    expect(() => provider.order("refuse", { at: "read" })).toThrow(RangeError);
  });
});

test("latency is waited for and changes nothing else", async () => {
  const provider = await start("openai", { latencyMs: [30, 40], seed: 3 });
  const plain = await start("openai", { seed: 3 });
  const began = performance.now();
  const slow = await calls.openai.bytes?.(await calls.openai.work(provider));
  expect(performance.now() - began).toBeGreaterThanOrEqual(29);
  expect(slow).toEqual(await calls.openai.bytes?.(await calls.openai.work(plain)));
});

describe("a running simulator", () => {
  const control = (provider: Provider, init: RequestInit = {}, path = "/faults") => fetch(`${provider.url}/_simulator${path}`, init);

  test("tells what was asked of it, and takes orders over HTTP", async () => {
    const provider = await start("stability");
    await calls.stability.work(provider);
    const ordered = await control(provider, { method: "POST", body: JSON.stringify({ fault: "throttle", times: 2 }) });
    expect(ordered.status).toBe(200);
    expect((await calls.stability.work(provider)).status).toBe(429);
    expect((await control(provider, { method: "DELETE" })).status).toBe(200);
    expect((await calls.stability.work(provider)).status).toBe(200);
    const told = (await (await control(provider, {}, "")).json()) as Record<string, unknown>;
    expect(told).toMatchObject({
      name: "stability",
      requests: [{ status: 200, summary: "prompt" }, { status: 429, fault: "throttle" }, { status: 200 }],
      predictions: [{ prompt }, { prompt }],
      counts: { throttle: 1, hang: 0 },
    });
    expect(JSON.stringify(told)).not.toContain(provider.key);
  });

  test("refuses orders that it does not understand, and names its faults", async () => {
    const provider = await start("groq");
    for (const body of ["", "{", "[]", '{"fault":"explode"}', '{"fault":"wrongType"}', '{"fault":"hang","times":-1}']) {
      const answer = await control(provider, { method: "POST", body });
      expect([body, answer.status]).toEqual([body, 422]);
    }
    expect((await control(provider, { method: "PUT" })).status).toBe(405);
    expect((await control(provider, {}, "/elsewhere")).status).toBe(404);
    expect(provider.requests()).toEqual([]);
  });
});
